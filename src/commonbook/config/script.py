"""The orders of the strategy `scripted`."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import count
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)

from commonbook.config.base import Faults, Model, choose, nearest, not_yet
from commonbook.config.fields import Name, Number, Positive, Switch, Timestamp
from commonbook.config.scalars import describe, format_timestamp

Direction: TypeAlias = Literal["buy", "sell"]
TimeInForce: TypeAlias = Annotated[
    Literal["gtc", "ioc"],
    BeforeValidator(
        lambda value: value, json_schema_input_type=Literal["gtc", "ioc", "post_only"]
    ),
    not_yet("fok", "day", "gtd", allowed="gtc, ioc, post_only"),
]
OrderType: TypeAlias = Annotated[
    Literal["market", "limit"],
    not_yet("stop", "stop_limit", allowed="market, limit"),
]


def _order_key(value: object, _: ValidatorFunctionWrapHandler) -> int | str:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31:
        return value
    message = f"found {describe(value)}; allowed: a whole number from 1, or text"
    raise ValueError(message)


#: The name of a scripted order, unique within its portfolio.
OrderKey: TypeAlias = Annotated[
    int | str, WrapValidator(_order_key, json_schema_input_type=int | str)
]


class ScriptedOrder(Model):
    """One order of a script."""

    unbuilt: ClassVar[Mapping[str, str]] = {
        "replace": "cancel the order and send a new one"
    }

    at: Timestamp = Field(description="when the portfolio decides")
    side: Direction = Field(description="buy or sell")
    qty: Positive = Field(description="how much, in units")
    type: OrderType = Field(
        "limit", description="by default limit if there is a price, else market"
    )
    price: Number | None = Field(
        None, validate_default=True, description="the limit, in currency"
    )
    time_in_force: TimeInForce = Field(
        "gtc",
        description="gtc (default of limit orders), ioc (market orders always are) "
        "or post_only, which is gtc that never takes liquidity",
    )
    post_only: Switch = Field(
        default=False,
        description="whether the order is refused if it would take liquidity",
    )
    symbol: Name | None = Field(
        None,
        description="the instrument; may be left out when the data has only one",
    )
    id: OrderKey | None = Field(
        None, description="a name of its own, for cancels to refer to"
    )

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        order = {key: item for key, item in value.items() if item is not None}
        order.setdefault("type", "limit" if "price" in order else "market")
        order.setdefault("time_in_force", "ioc" if _is(order, "market") else "gtc")
        post_only = order.get("post_only", True) is True
        if order["time_in_force"] == "post_only" and post_only:
            order |= {"time_in_force": "gtc", "post_only": True}
        return order

    @field_validator("price")
    @classmethod
    def _belongs_to_limit(
        cls, value: Decimal | None, info: ValidationInfo
    ) -> Decimal | None:
        kind = info.data.get("type")
        if kind == "limit" and value is None:
            message = "a limit order needs a price"
            raise ValueError(message)
        if kind == "market" and value is not None:
            message = (
                f"found {value}, but a market order has no price; "
                "remove it or write type: limit"
            )
            raise ValueError(message)
        return value

    @field_validator("time_in_force")
    @classmethod
    def _market_is_ioc(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("type") == "market" and value != "ioc":
            message = f"found {value!r}, but a market order is always ioc"
            raise ValueError(message)
        return value

    @field_validator("post_only")
    @classmethod
    def _can_rest(cls, value: bool, info: ValidationInfo) -> bool:
        if value and info.data.get("time_in_force") == "ioc":
            message = "an order that never rests (ioc, market) cannot be post_only"
            raise ValueError(message)
        return value


class ScriptedCancel(Model):
    """The cancel of an order of the same script."""

    at: Timestamp = Field(description="when the portfolio decides")
    cancel: OrderKey = Field(description="the id of the order")


def _is(order: Mapping[str, object], kind: str) -> bool:
    return order["type"] == kind


def _pick(value: object) -> type[Model]:
    is_cancel = isinstance(value, Mapping) and "cancel" in value
    return ScriptedCancel if is_cancel else ScriptedOrder


ScriptedEntry: TypeAlias = Annotated[
    ScriptedOrder | ScriptedCancel,
    choose(_pick, written_as=ScriptedOrder | ScriptedCancel),
]


class ScriptedParams(Model):
    """Orders and cancels decided beforehand."""

    orders: Annotated[
        tuple[ScriptedEntry, ...],
        BeforeValidator(
            lambda value: value, json_schema_input_type=tuple[ScriptedEntry, ...] | str
        ),
    ] = Field(
        description="orders {at, side, qty, type, price, ...} and cancels "
        "{at, cancel: id}, or the path of a CSV file of these"
    )

    @field_validator("orders")
    @classmethod
    def _ids_fit(cls, entries: tuple[ScriptedEntry, ...]) -> tuple[ScriptedEntry, ...]:
        faults = Faults(cls.__name__)
        orders: dict[int | str, tuple[int, int]] = {}
        for index, entry in enumerate(entries):
            if isinstance(entry, ScriptedOrder) and entry.id is not None:
                if entry.id in orders:
                    message = f"the id {entry.id!r} is already taken; ids are unique"
                    faults.add((index, "id"), message, entry.id)
                orders.setdefault(entry.id, (entry.at, index))
        for index, entry in enumerate(entries):
            if isinstance(entry, ScriptedCancel):
                fault = _cancel_fault(entry, index, orders)
                faults.add((index, "cancel"), fault, entry.cancel)
        faults.raise_any()
        return entries

    def numbers(self) -> tuple[int, ...]:
        """
        Number the orders of the script.

        A whole-number id is the number itself; the other orders get the numbers
        that are left, from 1 on, in the order of the script.

        Returns
        -------
        tuple of int
            For each entry the number of its order; for a cancel, of the order to
            be cancelled.
        """
        orders = [entry for entry in self.orders if isinstance(entry, ScriptedOrder)]
        taken = {order.id for order in orders}
        free = (number for number in count(1) if number not in taken)
        numbers: list[int] = []
        by_key: dict[int | str, int] = {}
        for order in orders:
            number = order.id if isinstance(order.id, int) else next(free)
            numbers.append(number)
            if order.id is not None:
                by_key[order.id] = number
        rest = iter(numbers)
        return tuple(
            by_key[entry.cancel] if isinstance(entry, ScriptedCancel) else next(rest)
            for entry in self.orders
        )


def _cancel_fault(
    entry: ScriptedCancel, index: int, orders: Mapping[int | str, tuple[int, int]]
) -> str | None:
    """Look for the order among those sent before; at one time the list decides."""
    if entry.cancel not in orders:
        hint = nearest(str(entry.cancel), [str(key) for key in orders])
        return f"no order of this script has the id {entry.cancel!r}{hint}"
    if (entry.at, index) < orders[entry.cancel]:
        sent = format_timestamp(orders[entry.cancel][0])
        return f"the order {entry.cancel!r} is only sent later, at {sent}"
    return None
