"""How an instrument is matched: by time, or in proportion to size."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    BeforeValidator,
    Field,
    TypeAdapter,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from commonbook.config.base import Model
from commonbook.config.fields import NotNegative, Switch

Kind: TypeAlias = Literal["fifo", "pro_rata"]


class Matching(Model):
    """What an incoming quantity takes of the orders at a price."""

    kind: Kind = Field("fifo", description="fifo: by time; pro_rata: in proportion")
    min_share: NotNegative = Field(
        Decimal(0),
        description="pro_rata: shares that are smaller become 0, in units",
    )
    top_order: Switch = Field(
        default=False,
        description="pro_rata: whether the order that bettered the market comes first",
    )

    @field_validator("min_share", "top_order")
    @classmethod
    def _belongs_to_pro_rata(
        cls, value: Decimal | bool, info: ValidationInfo
    ) -> Decimal | bool:
        if value and info.data.get("kind") == "fifo":
            message = f"fifo has no {info.field_name}; remove it or choose pro_rata"
            raise ValueError(message)
        return value


def _kind(value: object) -> object:
    return {"kind": value} if isinstance(value, str) else value


#: One way of matching, which may be given by its name alone.
MatchingRule: TypeAlias = Annotated[
    Matching, BeforeValidator(_kind, json_schema_input_type=Kind | Matching)
]

_BY_SYMBOL = TypeAdapter(dict[str, MatchingRule])


def _rules(value: object, _: ValidatorFunctionWrapHandler) -> object:
    """Tell a rule from rules by symbol, so that faults are of the one meant."""
    if isinstance(value, Matching):
        return value
    if isinstance(value, Mapping) and not value.keys() & Matching.model_fields.keys():
        parts = value.values()
        if parts and all(isinstance(part, str | Mapping | Matching) for part in parts):
            return _BY_SYMBOL.validate_python(value)
    return Matching.model_validate(_kind(value))


#: One way for all instruments, or one for each symbol.
MatchingRules: TypeAlias = Annotated[
    Matching | dict[str, Matching],
    WrapValidator(
        _rules, json_schema_input_type=Kind | Matching | dict[str, Kind | Matching]
    ),
]
