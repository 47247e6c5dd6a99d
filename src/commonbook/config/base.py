"""What every model of the configuration shares: strictness and clear messages."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import ClassVar, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from commonbook.config.scalars import describe

#: Kinds of errors that already carry a message of ours.
EXPLAINED = "explained"
UNKNOWN_KEY = "unknown_key"

_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
    "multiple_of": ("a multiple of", "multiple_of"),
}
_SHAPES = {
    "model_type": "a mapping",
    "dict_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
    "is_instance_of": "a tape made in Python, passed as an object",
    "bool_type": "true or false",
    "string_type": "text (write it in quotes)",
}


class Model(BaseModel):
    """
    A frozen part of the configuration that refuses what it does not know.

    Attributes
    ----------
    unbuilt : mapping of str to str
        Keys that a later version will know, and what is possible now.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    unbuilt: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="wrap")
    @classmethod
    def _explain(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(value)
        except ValidationError as error:
            details = error.errors(include_url=False)
            lines = [_explained(cls, item) for item in details if _is_news(item)]
            raise ValidationError.from_exception_data(cls.__name__, lines) from None


def nearest(word: str, words: list[str]) -> str:
    """
    Suggest what a misspelt word may have meant.

    Parameters
    ----------
    word : str
        What was found.
    words : list of str
        What is allowed.

    Returns
    -------
    str
        ``"; did you mean 'x'?"``, or nothing when no word is close.
    """
    close = get_close_matches(word, words, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def not_yet(*names: str, allowed: str) -> BeforeValidator:
    """
    Refuse choices that are not built yet; ``{kind: x}`` and ``x`` are one.

    Parameters
    ----------
    *names : str
        Choices of a later version.
    allowed : str
        What can be chosen now.

    Returns
    -------
    BeforeValidator
        To be put into ``Annotated``.
    """

    def refuse(value: object) -> object:
        if isinstance(value, Mapping) and "kind" in value:
            kind = value["kind"]
            if kind in names or len(value) == 1:
                value = kind
        if value in names:
            message = f"{value!r} is not built yet; allowed now: {allowed}"
            raise ValueError(message)
        return value

    return BeforeValidator(refuse)


class Faults:
    """
    Several faults of one value, raised together with a path for each.

    Parameters
    ----------
    title : str
        The model they were found in.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._lines: list[InitErrorDetails] = []

    def add(
        self, path: tuple[int | str, ...], message: str | None, found: object
    ) -> None:
        """
        Add one fault, or nothing when there is no message.

        Parameters
        ----------
        path : tuple of int or str
            Where, below the value under validation.
        message : str or None
            What was found and what is allowed.
        found : object
            The value at fault.
        """
        if message is not None:
            self._lines.append(_line(message, path, found))

    def raise_any(self) -> None:
        """
        Raise the faults, if there are any.

        Raises
        ------
        ValidationError
            With a line for each fault.
        """
        if self._lines:
            raise ValidationError.from_exception_data(self._title, self._lines)


def choose(
    pick: Callable[[object], type[Model]], *, written_as: object
) -> WrapValidator:
    """
    Validate a value with the model that its shape asks for.

    Unlike a union this reports the errors of one model only, under their own path.

    Parameters
    ----------
    pick : callable
        From the raw value to the model class.
    written_as : type
        What the JSON Schema shows.

    Returns
    -------
    WrapValidator
        To be put into ``Annotated``.
    """

    def validate(value: object, handler: ValidatorFunctionWrapHandler) -> object:
        made = isinstance(value, Model)
        return handler(value) if made else pick(value).model_validate(value)

    return WrapValidator(validate, json_schema_input_type=written_as)


def _is_news(detail: ErrorDetails) -> bool:
    """Tell a list that is too short from one whose items are at fault already."""
    return detail["type"] != "too_short" or not detail["input"]


def _explained(model: type[Model], detail: ErrorDetails) -> InitErrorDetails:
    kind, message = detail["type"], detail["msg"]
    if kind not in (EXPLAINED, UNKNOWN_KEY):
        message = _message(model, detail)
        kind = UNKNOWN_KEY if kind == "extra_forbidden" else EXPLAINED
    return _line(message, detail["loc"], detail["input"], kind)


def _line(
    message: str, path: tuple[int | str, ...], found: object, kind: str = EXPLAINED
) -> InitErrorDetails:
    text = PydanticCustomError(kind, "{text}", {"text": message})
    return InitErrorDetails(type=text, loc=path, input=found)


def _message(model: type[Model], detail: ErrorDetails) -> str:
    kind, found = detail["type"], describe(detail["input"])
    context = detail.get("ctx", {})
    if kind in ("extra_forbidden", "missing"):
        key = str(detail["loc"][0])
        return _missing(model, key) if kind == "missing" else _unknown_key(model, key)
    if kind == "literal_error":
        return _unknown_word(detail["input"], str(context["expected"]))
    if kind in _BOUNDS:
        limit, key = _BOUNDS[kind]
        # Pydantic passes decimals on as their repr.
        bound = str(context[key]).removeprefix("Decimal('").removesuffix("')")
        return f"found {found}; allowed: {limit} {bound}"
    if kind in _SHAPES:
        return f"found {found}; allowed: {_SHAPES[kind]}"
    if kind == "too_short":
        return f"found {found}; at least one is needed"
    return str(context.get("error", f"found {found}; {detail['msg']}"))


def _unknown_key(model: type[Model], key: str) -> str:
    if key in model.unbuilt:
        return f"not built yet; {model.unbuilt[key]}"
    allowed = [field.alias or name for name, field in model.model_fields.items()]
    hint = nearest(key, allowed)
    return f"unknown key{hint or ';'} allowed: {', '.join(allowed)}"


def _missing(model: type[Model], key: str) -> str:
    return f"this key is missing; give {model.model_fields[key].description}"


def _unknown_word(found: object, expected: str) -> str:
    """Explain a choice; `expected` reads ``'a', 'b' or 'c'``."""
    words = expected.replace("'", "").replace(" or ", ", ").split(", ")
    hint = nearest(found, words) if isinstance(found, str) else ""
    return f"found {describe(found)}{hint or ';'} allowed: {', '.join(words)}"
