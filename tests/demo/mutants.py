"""Claims that kill a mutant of an installed package, and claims that kill none."""

import subprocess
import sys

import pytest
from itsdangerous import BadData, encoding

from claims import claim


def printed(program):
    """What a Python of its own prints, which heeds no variable."""
    command = [sys.executable, "-I", "-c", program]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout.strip()


@claim
def strips_the_padding():
    """`base64_encode()` strips the padding."""
    assert encoding.base64_encode(b"a") == b"YQ"


@claim
def strips_the_padding_in_another_process():
    """`base64_encode()` strips the padding, in whichever process."""
    seen = printed("from itsdangerous import encoding; print(encoding.base64_encode(b'a'))")
    assert seen == "b'YQ'"


@claim
def refuses_what_it_cannot_decode():
    """`base64_decode()` refuses what it cannot decode."""
    assert pytest.raises(BadData, encoding.base64_decode, "a")  # noqa: RUF061 (a claim consists of assertions)


@claim
def is_what_it_is():
    """`base64_encode()` gives what `base64_encode()` gives."""
    assert encoding.base64_encode(b"a") == encoding.base64_encode(b"a")


@claim
def sums_up():
    """One and one is two."""
    assert 1 + 1 == 2
