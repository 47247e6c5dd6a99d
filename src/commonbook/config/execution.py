"""The execution block: who shares an engine, and the rules of every engine."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from commonbook.config.base import Model
from commonbook.config.costs import Fees
from commonbook.config.fields import Duration, Interval, Positive, Switch
from commonbook.config.impact import Impact, ImpactModel, ImpactRule, complete
from commonbook.config.latency import Latency
from commonbook.config.limits import GroupLimits
from commonbook.config.scalars import describe
from commonbook.config.trades_only import TradesOnly

Mode: TypeAlias = Literal["isolated", "shared", "groups"]
NettingPrice: TypeAlias = Literal["mid", "touch", "last"]
Policy: TypeAlias = Literal["fifo", "pro_rata", "average_price"]
SelfTradePrevention: TypeAlias = Literal[
    "cancel_newest", "cancel_oldest", "cancel_both", "decrement"
]
StopTrigger: TypeAlias = Literal["trade", "touch"]
Survival: TypeAlias = Literal["keep", "cancel"]
SelfTradeScope: TypeAlias = Literal["portfolio", "group"]
QueueName: TypeAlias = Literal["risk_averse", "power", "log"]
Group: TypeAlias = Annotated[tuple[str, ...], Field(min_length=1)]


class QueueModel(Model):
    """How cancels ahead of a resting order are estimated on L2 data."""

    kind: QueueName = Field("risk_averse", description="the model's name")
    n: Positive | None = Field(
        None,
        validate_default=True,
        description="the exponent of power (default 1, which is uniform)",
    )

    @field_validator("n")
    @classmethod
    def _belongs_to_power(
        cls, value: Decimal | None, info: ValidationInfo
    ) -> Decimal | None:
        kind = info.data.get("kind")
        if value is None and kind == "power":
            return Decimal(1)
        if value is not None and kind in ("risk_averse", "log"):
            message = f"{kind} has no exponent; remove n or choose power"
            raise ValueError(message)
        return value


class Resilience(Model):
    """A book that grows again what was taken from it."""

    half_life: Interval = Field(
        description="the time in which consumed liquidity comes back by half"
    )


def _tracked(
    value: object, _: ValidatorFunctionWrapHandler
) -> Resilience | Literal["tracked"]:
    if value == "tracked":
        return "tracked"
    if not isinstance(value, Mapping | Resilience):
        message = f"found {describe(value)}; allowed: tracked, {{half_life: 5s}}"
        raise ValueError(message)  # noqa: TRY004 - what pydantic catches
    return Resilience.model_validate(value)


#: Size comes back when the feed shows it, or with time too.
Replenishment: TypeAlias = Annotated[
    Literal["tracked"] | Resilience,
    WrapValidator(_tracked, json_schema_input_type=Literal["tracked"] | Resilience),
]


def _kind(value: object) -> object:
    return {"kind": value} if isinstance(value, str) else value


QueueRule: TypeAlias = Annotated[
    QueueModel,
    BeforeValidator(_kind, json_schema_input_type=QueueName | QueueModel),
]


class SharedConfig(Model):
    """What happens between the portfolios of one engine."""

    enable_order_netting: Switch = Field(
        default=True,
        description="whether orders of one round are crossed inside the engine first",
    )
    enable_fill_distribution: Switch = Field(
        default=True,
        description="whether the portfolios share the displayed liquidity; "
        "false gives each its own (the usual over-optimistic backtest)",
    )
    market_impact_model: ImpactRule = Field(
        default_factory=ImpactModel,
        description="how the engine's orders move the market",
    )
    netting_window: Duration = Field(
        0,
        description="how long the first order waits for others to be netted with; 0 is "
        "one round",
    )
    netting_price: NettingPrice = Field(
        "mid",
        description="the price of a cross: mid, touch (what the heavier side would "
        "hit) or last (the last trade, within the touch)",
    )
    fill_distribution: Policy = Field(
        "fifo",
        description="who gets scarce liquidity within a batch: fifo (tie order), "
        "pro_rata (by remaining quantity) or average_price (likewise, and what orders "
        "of one side and limit take is paid at its average price)",
    )
    group_limits: GroupLimits | None = Field(
        None,
        description="what the portfolios of one engine may not exceed together",
    )


class IsolatedConfig(Model):
    """What concerns engines that serve one portfolio each."""

    market_impact_model: ImpactRule | None = Field(
        None,
        description="how an engine's orders move the market; "
        "by default as in shared_config",
    )
    parallel_execution: Switch = Field(
        default=True,
        description="whether engines are spread over threads; "
        "the results are the same bytes",
    )
    independent_fills: Switch = Field(
        default=True,
        description="whether each portfolio draws random numbers of its own; false: "
        "the same for all, message by message, for paired A/B tests",
    )


class ExecutionConfig(Model):
    """The execution block."""

    unbuilt: ClassVar[Mapping[str, str]] = {
        "bars": "only order books can be replayed now; remove the key",
    }

    mode: Mode = Field(
        "isolated",
        description="isolated: an engine for each portfolio; shared: one for all; "
        "groups: as listed in groups",
    )
    shared_config: SharedConfig = Field(
        default_factory=SharedConfig,
        description="what happens between the portfolios of one engine",
    )
    isolated_config: IsolatedConfig = Field(
        default_factory=IsolatedConfig,
        description="what concerns engines that serve one portfolio each",
    )
    groups: tuple[Group, ...] = Field(
        (),
        validate_default=True,
        description="lists of portfolio names or patterns ('*' stands for anything); "
        "each list shares an engine, unnamed portfolios stand alone",
    )
    impact: Impact | None = Field(
        None,
        validate_default=True,
        description="the numbers behind market_impact_model",
    )
    queue_model: QueueRule = Field(
        default_factory=QueueModel,
        description="how cancels ahead of a resting order are estimated",
    )
    replenishment: Replenishment = Field(
        "tracked",
        description="when consumed liquidity comes back: tracked (when the feed shows "
        "new size) or {half_life: 5s} (also with time)",
    )
    fill_on_cross: Switch = Field(
        default=True,
        description="whether new opposite size at a resting order's price fills it",
    )
    stop_trigger: StopTrigger = Field(
        "trade",
        description="what triggers stop orders: trade (a print at the stop price or "
        "beyond it) or touch (the best opposite price there)",
    )
    trades_only: TradesOnly | None = Field(
        None,
        description="the market that is assumed around the trades of instruments "
        "whose data has no book; needed for such data",
    )
    on_halt: Survival = Field(
        "keep",
        description="whether resting orders and waiting stops survive a trading halt",
    )
    on_clear: Survival = Field(
        "keep",
        description="whether they survive a clear of the book that is no snapshot",
    )
    fees: Fees = Field(default_factory=Fees, description="the fees of every portfolio")
    self_trade_prevention: SelfTradePrevention = Field(
        "cancel_newest", description="what happens when a taker meets its own order"
    )
    self_trade_scope: SelfTradeScope = Field(
        "portfolio", description="whose resting orders count as its own"
    )
    latency: Latency = Field(
        default_factory=Latency, description="the delays of every portfolio"
    )
    strict: Switch = Field(
        default=False,
        description="whether an impossible order stops who sends it, instead of being "
        "rejected",
    )

    @field_validator("groups")
    @classmethod
    def _given_for_mode_groups(
        cls, value: tuple[Group, ...], info: ValidationInfo
    ) -> tuple[Group, ...]:
        if not value and info.data.get("mode") == "groups":
            message = "mode groups needs a list such as [[a, 'b*'], [c]]"
            raise ValueError(message)
        return value

    @field_validator("impact")
    @classmethod
    def _fits_the_models(
        cls, value: Impact | None, info: ValidationInfo
    ) -> Impact | None:
        shared = info.data.get("shared_config")
        isolated = info.data.get("isolated_config")
        if shared is None or isolated is None:
            return value  # at fault themselves
        models = [shared.market_impact_model, isolated.market_impact_model]
        return complete([model for model in models if model is not None], value)

    def impact_of(self, mode: Mode) -> ImpactModel:
        """
        Find how orders move the market.

        Parameters
        ----------
        mode : {'isolated', 'shared', 'groups'}
            Whose block says.

        Returns
        -------
        ImpactModel
            The model with all its numbers.
        """
        own = self.isolated_config.market_impact_model if mode == "isolated" else None
        return (own or self.shared_config.market_impact_model).over(self.impact)
