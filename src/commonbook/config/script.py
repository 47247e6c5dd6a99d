"""The orders of the strategy `scripted`."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import count
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)

from commonbook.config.base import Faults, Model, choose, nearest
from commonbook.config.fields import Name, Number, Positive, Switch, Timestamp
from commonbook.config.scalars import describe, format_timestamp

Direction: TypeAlias = Literal["buy", "sell"]
OrderType: TypeAlias = Literal["market", "limit", "stop", "stop_limit"]
_Life: TypeAlias = Literal["gtc", "ioc", "fok", "gtd", "day"]
TimeInForce: TypeAlias = Annotated[
    _Life,
    BeforeValidator(
        lambda value: value, json_schema_input_type=_Life | Literal["post_only"]
    ),
]

#: How long orders of a type may live; limit orders as they like.
_LIVES = {
    "market": ("ioc", "fok"),
    "stop": ("gtc", "gtd", "day"),
    "stop_limit": ("gtc", "gtd", "day"),
}
_STOPS = ("stop", "stop_limit")
#: Types of orders that do not have a price, and which one to write instead.
_OTHERS = {
    "price": {"market": "limit", "stop": "stop_limit"},
    "stop_price": {"market": "stop", "limit": "stop_limit"},
}


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


def _post_only(value: object, _: ValidatorFunctionWrapHandler) -> bool | str:
    if isinstance(value, bool) or value == "reprice":
        return value
    message = f"found {describe(value)}; allowed: true, false, reprice"
    raise ValueError(message)


#: Whether an order must not take, and what becomes of it if it would.
PostOnlyWord: TypeAlias = Annotated[
    bool | str,
    WrapValidator(_post_only, json_schema_input_type=bool | Literal["reprice"]),
]


class ScriptedOrder(Model):
    """One order of a script."""

    at: Timestamp = Field(description="when the portfolio decides")
    side: Direction = Field(description="buy or sell")
    qty: Positive = Field(description="how much, in units")
    type: OrderType = Field(
        "limit",
        description="market, limit, stop (a market order once it is triggered) or "
        "stop_limit; by default what its prices say",
    )
    price: Number | None = Field(
        None, validate_default=True, description="the limit, in currency"
    )
    stop_price: Number | None = Field(
        None,
        validate_default=True,
        description="what triggers a stop order, in currency",
    )
    time_in_force: TimeInForce = Field(
        "gtc",
        description="gtc (until cancelled), ioc (what can be had at once), fok (all at "
        "once, or nothing), gtd (until expires), day (until the session closes) or "
        "post_only, which is gtc that never takes liquidity; "
        "by default ioc for market orders, else gtc",
    )
    expires: Timestamp | None = Field(
        None, validate_default=True, description="when a gtd order ends at the venue"
    )
    post_only: PostOnlyWord = Field(
        default=False,
        description="whether the order is refused if it would take liquidity; reprice: "
        "it rests one tick away from what it would have taken instead",
    )
    reduce_only: Switch = Field(
        default=False,
        description="whether the order never makes the position larger, nor turns it",
    )
    symbol: Name | None = Field(
        None,
        description="the instrument; may be left out when the data has only one",
    )
    id: OrderKey | None = Field(
        None, description="a name of its own, for cancels and replaces to refer to"
    )
    parent: Name | None = Field(
        None, description="a name for the larger order that it is a part of"
    )

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        order = {key: item for key, item in value.items() if item is not None}
        unpriced, priced = ("market", "limit")
        if "stop_price" in order:
            unpriced, priced = _STOPS
        order.setdefault("type", priced if "price" in order else unpriced)
        is_market = order["type"] == "market"
        order.setdefault("time_in_force", "ioc" if is_market else "gtc")
        post_only = order.get("post_only", True)
        if order["time_in_force"] == "post_only" and post_only in (True, "reprice"):
            order |= {"time_in_force": "gtc", "post_only": post_only}
        return order

    @field_validator("price", "stop_price")
    @classmethod
    def _belongs_to_the_type(
        cls, value: Decimal | None, info: ValidationInfo
    ) -> Decimal | None:
        kind, name = info.data.get("type"), str(info.field_name)
        others = _OTHERS[name]
        if kind is None:
            return value
        if value is None and kind not in others:
            message = f"a {kind} order needs a {name}"
            raise ValueError(message)
        if value is not None and kind in others:
            message = (
                f"found {value}, but a {kind} order has no {name}; "
                f"remove it or write type: {others[kind]}"
            )
            raise ValueError(message)
        return value

    @field_validator("time_in_force")
    @classmethod
    def _fits_the_type(cls, value: str, info: ValidationInfo) -> str:
        kind = str(info.data.get("type"))
        allowed = _LIVES.get(kind, (value,))
        if value not in allowed:
            message = (
                f"found {value!r}; allowed for a {kind} order: {', '.join(allowed)}"
            )
            raise ValueError(message)
        return value

    @field_validator("expires")
    @classmethod
    def _belongs_to_gtd(cls, value: int | None, info: ValidationInfo) -> int | None:
        life, at = info.data.get("time_in_force"), info.data.get("at")
        if life == "gtd" and value is None:
            message = "a gtd order needs a time when it expires"
            raise ValueError(message)
        if value is None or life is None:
            return value
        found = format_timestamp(value)
        if life != "gtd":
            message = (
                f"found {found}, but a {life} order has no time when it expires; "
                "remove it or write time_in_force: gtd"
            )
            raise ValueError(message)
        if at is not None and value <= at:
            message = f"found {found}; allowed: after at, {format_timestamp(at)}"
            raise ValueError(message)
        return value

    @field_validator("post_only")
    @classmethod
    def _can_rest(cls, value: bool | str, info: ValidationInfo) -> bool | str:
        rests = info.data.get("time_in_force") not in ("ioc", "fok")
        if value and (not rests or info.data.get("type") == "stop"):
            message = (
                "an order that never rests (ioc, fok, market, stop) cannot be post_only"
            )
            raise ValueError(message)
        return value


class ScriptedCancel(Model):
    """The cancel of an order of the same script."""

    at: Timestamp = Field(description="when the portfolio decides")
    cancel: OrderKey = Field(description="the id of the order")

    @property
    def of(self) -> int | str:
        """The id of the order."""
        return self.cancel


class ScriptedReplace(Model):
    """Another quantity or price for an order of the same script."""

    at: Timestamp = Field(description="when the portfolio decides")
    replace: OrderKey = Field(description="the id of the order")
    qty: Number | None = Field(
        None,
        description="its new quantity in all, with what is filled, in units; what "
        "leaves nothing open ends it",
    )
    price: Number | None = Field(None, description="its new limit, in currency")
    stop_price: Number | None = Field(
        None, description="its new stop price, in currency"
    )

    @property
    def of(self) -> int | str:
        """The id of the order."""
        return self.replace


def _pick(value: object) -> type[Model]:
    if isinstance(value, Mapping) and "cancel" in value:
        return ScriptedCancel
    if isinstance(value, Mapping) and "replace" in value:
        return ScriptedReplace
    return ScriptedOrder


_Entry: TypeAlias = ScriptedOrder | ScriptedCancel | ScriptedReplace
ScriptedEntry: TypeAlias = Annotated[_Entry, choose(_pick, written_as=_Entry)]


class ScriptedParams(Model):
    """Orders, cancels and replaces decided beforehand."""

    orders: Annotated[
        tuple[ScriptedEntry, ...],
        BeforeValidator(
            lambda value: value, json_schema_input_type=tuple[ScriptedEntry, ...] | str
        ),
    ] = Field(
        description="orders {at, side, qty, type, price, ...}, cancels "
        "{at, cancel: id} and replaces {at, replace: id, qty, price, stop_price}, or "
        "the path of a CSV file of these"
    )

    @field_validator("orders")
    @classmethod
    def _ids_fit(cls, entries: tuple[ScriptedEntry, ...]) -> tuple[ScriptedEntry, ...]:
        faults = Faults(cls.__name__)
        orders: dict[int | str, tuple[int, int, ScriptedOrder]] = {}
        for index, entry in enumerate(entries):
            if isinstance(entry, ScriptedOrder) and entry.id is not None:
                if entry.id in orders:
                    message = f"the id {entry.id!r} is already taken; ids are unique"
                    faults.add((index, "id"), message, entry.id)
                orders.setdefault(entry.id, (entry.at, index, entry))
        for index, entry in enumerate(entries):
            if not isinstance(entry, ScriptedOrder):
                key = "cancel" if isinstance(entry, ScriptedCancel) else "replace"
                fault = _change_fault(entry, index, orders)
                faults.add((index, key), fault, entry.of)
            if isinstance(entry, ScriptedReplace) and entry.of in orders:
                for name in _OTHERS:
                    fault = _price_fault(entry, name, orders[entry.of][2])
                    faults.add((index, name), fault, getattr(entry, name))
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
            For each entry the number of its order; for a cancel or a replace, of
            the order that it is about.
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
            next(rest) if isinstance(entry, ScriptedOrder) else by_key[entry.of]
            for entry in self.orders
        )


def _change_fault(
    entry: ScriptedCancel | ScriptedReplace,
    index: int,
    orders: Mapping[int | str, tuple[int, int, ScriptedOrder]],
) -> str | None:
    """Look for the order among those sent before; at one time the list decides."""
    if entry.of not in orders:
        hint = nearest(str(entry.of), [str(key) for key in orders])
        return f"no order of this script has the id {entry.of!r}{hint}"
    if (entry.at, index) < orders[entry.of][:2]:
        sent = format_timestamp(orders[entry.of][0])
        return f"the order {entry.of!r} is only sent later, at {sent}"
    return None


def _price_fault(entry: ScriptedReplace, name: str, order: ScriptedOrder) -> str | None:
    """Refuse a price that the order does not have."""
    found = getattr(entry, name)
    if found is None or order.type not in _OTHERS[name]:
        return None
    return f"found {found}, but a {order.type} order has no {name}"
