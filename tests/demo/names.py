"""Names that came and went: what changes with the subject, with another package, and with neither."""

import itsdangerous
import markupsafe

from claims import claim


@claim
def escapes():
    """`escape()` replaces angle brackets, in every release."""
    assert markupsafe.escape("<") == "&lt;"


@claim
def has_soft_unicode():
    """MarkupSafe has `soft_unicode()`, which went with 2.1."""
    assert hasattr(markupsafe, "soft_unicode")


@claim
def signs_web_tokens():
    """ItsDangerous has a serializer of web tokens, which went with its own 2.1."""
    assert hasattr(itsdangerous, "JSONWebSignatureSerializer")
