"""The vocabulary of the claims: marks, and one exception.

A claim is a function: its docstring says what an answer says, its assertions prove or refute it.
"""

from typing import Any, Callable, Optional, TypeVar, Union

import pytest

F = TypeVar("F", bound=Callable[..., Any])


class Untried(pytest.skip.Exception):  # type: ignore[name-defined, misc] # pytest makes it at run time
    """What leads up to the claim cannot be had, so the claim is neither held nor refuted."""


def claim(
    function: Optional[F] = None, *, editorial: bool = False, data: bool = False
) -> Union[F, pytest.MarkDecorator]:
    """Mark a function as a claim; *editorial*: a slip of the pen; *data*: reads metadata, runs nothing."""
    mark = pytest.mark.claim(editorial=editorial, data=data)
    return mark if function is None else mark(function)


def corrects(other: Callable[..., Any], row: Optional[str] = None) -> pytest.MarkDecorator:
    """Mark a claim as the correction of *other*: what the answer should say. *row*: one row of its table."""
    return pytest.mark.corrects.with_args(other, row)


def needs(component: str) -> pytest.MarkDecorator:
    """Mark a claim as untried where *component* is not here: a program, a file, a distribution, `articles/NAME.txt`."""
    return pytest.mark.needs(component)
