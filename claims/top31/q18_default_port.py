"""The default port."""

from claims import claim


@claim
def listens_on_5000(flask_run):
    """The development server listens on port 5000 unless told otherwise."""
    assert flask_run().port == 5000


@claim
def app_run_listens_on_5000(app_run):
    """An application that is started by `app.run()` listens on port 5000 unless told otherwise."""
    assert app_run().port == 5000
