"""Reading the query string."""

from flask import request

from claims import claim, corrects


@claim
def arg_reads_the_query_string(app):
    """`request.arg.get()` reads a value from the query string."""
    with app.test_request_context("/data?user=Ada"):
        assert request.arg.get("user") == "Ada"


@corrects(arg_reads_the_query_string)
def args_reads_the_query_string(app):
    """`request.args.get()` reads a value from the query string."""
    with app.test_request_context("/data?user=Ada"):
        assert request.args.get("user") == "Ada"
