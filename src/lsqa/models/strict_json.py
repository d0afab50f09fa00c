"""A model's reply as one JSON object of a known form, read strictly. Nothing is repaired.

Only what stands around a reply by habit is passed over: the thoughts of a reasoning model before it, a fence of code
around it.
"""

import json
import re
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

_BEFORE: Final = re.compile(r"\s*(?:<think>.*?</think>\s*)?(?:```(?:json)?\s*)?", re.DOTALL)
_CLOSING: Final = re.compile(r"\s*(?:```\s*)?")

Form = TypeVar("Form", bound=BaseModel)


class MalformedReplyError(Exception):
    """The reply is not what was asked for; the message is the complaint that the model is told."""


class Strict(BaseModel):
    """Base of the forms: no other names than those listed, no value turned into another type."""

    model_config = ConfigDict(strict=True, extra="forbid")


def _is_text(text: str) -> str:
    text.encode()  # half a character of an escape is a UnicodeEncodeError, which is a ValueError
    return text


Text = Annotated[str, Field(min_length=1), AfterValidator(_is_text)]


def read_object(text: str, form: type[Form]) -> Form:
    """The reply `text` as a whole. Raises `MalformedReplyError`."""
    return validated(form, decoded(text))


def decoded(text: str) -> Any:
    """The JSON value that the reply is. Raises `MalformedReplyError` where it is none or something stands beside it."""
    begin = begin_of(text)
    if not text[begin:].strip():
        raise MalformedReplyError("the reply is empty")
    try:
        value, end = json.JSONDecoder(object_pairs_hook=_no_twins).raw_decode(text, begin)
    except (ValueError, RecursionError) as error:
        raise MalformedReplyError(f"the reply is no JSON, or was cut off: {error}") from error
    if not _CLOSING.fullmatch(text, end):
        raise MalformedReplyError("text stands after the JSON object")
    return value


def decoded_part(text: str) -> Any:
    """The JSON value of one part of a reply. Raises `ValueError`."""
    return json.loads(text, object_pairs_hook=_no_twins)


def begin_of(text: str) -> int:
    """Where the reply begins behind thoughts and the opening of a fence."""
    match = _BEFORE.match(text)
    return match.end() if match else 0


def validated(form: type[Form], value: Any) -> Form:
    """`value` as `form`. Raises `MalformedReplyError` with the first place that is wrong."""
    try:
        return form.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the reply"
        raise MalformedReplyError(f"{place}: {first['msg']}") from error


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return value
