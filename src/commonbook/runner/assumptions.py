"""What a reader of results must know about how they came about."""

from collections.abc import Sequence

from commonbook.config.costs import Fees
from commonbook.config.decay import format_decay
from commonbook.config.execution import ExecutionConfig, SharedConfig
from commonbook.config.impact import BAND
from commonbook.config.latency import Latency
from commonbook.config.run import RunConfig
from commonbook.config.scalars import format_duration
from commonbook.config.script import ScriptedParams
from commonbook.config.strategy import Params, TwapParams
from commonbook.core.words import counted
from commonbook.data.tape import Tape
from commonbook.runner.assumed import tell_assumed
from commonbook.runner.idle import idle_portfolios, some_names


def assumptions(
    config: RunConfig, tape: Tape, found: Sequence[str] = ()
) -> tuple[str, ...]:
    """
    Say aloud what the configuration leaves at nothing and what the reader assumed.

    Parameters
    ----------
    config : RunConfig
        The configuration.
    tape : Tape
        Its data.
    found : sequence of str, default ()
        Which of its numbers were found in data, one sentence each.

    Returns
    -------
    tuple of str
        One sentence each.
    """
    rules = config.execution
    portfolios = sorted(config.portfolios, key=lambda portfolio: portfolio.name)
    free = [p.name for p in portfolios if p.fees.over(rules.fees) == Fees()]
    instant = [p.name for p in portfolios if p.latency.over(rules.latency) == Latency()]
    everyone = len(portfolios)
    said = [
        f"{what}: none configured{_for(names, everyone)}"
        for what, names in (("fees", free), ("latency", instant))
        if names
    ]
    idle = idle_portfolios(portfolios)
    said += [
        *_impact(rules, stated=not found),
        *found,
        *_replenishment(rules),
        *_without_effect(rules.shared_config),
        *idle,
        *_outside(config, tape),
        *_crossed(tape),
    ]
    said += _pro_rata(tape)
    said += tell_assumed(config, tape)
    return (*said, *tape.notes)


def _impact(rules: ExecutionConfig, *, stated: bool) -> list[str]:
    """Say by how much orders are assumed to move the market."""
    model = rules.impact_of(rules.mode)
    if model.kind == "none":
        said = ["impact: none configured, prices do not react to orders"]
    else:
        band = " to ".join(map(str, BAND))
        half_life = format_decay(model.half_life or 0)
        told = "stated" if stated else "stated or as found in data"
        said = [
            f"impact: {model.kind}, coefficient {model.coefficient} (try {band}), "
            f"half-life {half_life}, daily volume and volatility as {told}; "
            "none between instruments"
        ]
    if rules.impact_of("isolated") != rules.impact_of("shared"):
        said.append(
            "impact: shared_config and isolated_config differ in it; "
            f"all of this is as in {rules.mode}"
        )
    return said


def _replenishment(rules: ExecutionConfig) -> list[str]:
    """Say how fast the market is assumed to fill what was taken."""
    if rules.replenishment == "tracked":
        return []
    half_life = format_duration(rules.replenishment.half_life)
    return [
        f"replenishment: half of what was taken comes back in {half_life}, "
        "whether the data shows it or not"
    ]


def _without_effect(rules: SharedConfig) -> list[str]:
    """Name keys that say how to do what is switched off."""
    netting = {
        "netting_window": rules.netting_window != 0,
        "netting_price": rules.netting_price != "mid",
    }
    sharing = {"fill_distribution": rules.fill_distribution != "fifo"}
    return [
        f"{key}: does nothing, for {switch} is false"
        for switch, on, keys in (
            ("enable_order_netting", rules.enable_order_netting, netting),
            ("enable_fill_distribution", rules.enable_fill_distribution, sharing),
        )
        for key, given in keys.items()
        if given and not on
    ]


def _outside(config: RunConfig, tape: Tape) -> list[str]:
    """Say whose orders are planned for a time that the data does not cover."""
    first, last = int(tape.events["ts"][0]), int(tape.events["ts"][-1])
    early, late = [], []
    for portfolio in config.portfolios:
        times = _planned(portfolio.params)
        if times and min(times) < first:
            early.append(portfolio.name)
        if times and max(times) > last:
            late.append(portfolio.name)
    return [
        f"{names[0] if len(names) == 1 else f'{len(names)} portfolios'}: {what}"
        for names, what in (
            (early, "orders are planned before the data begins, when no book is known"),
            (late, "orders are planned after the data ends and were never sent"),
        )
        if names
    ]


def _crossed(tape: Tape) -> list[str]:
    """Say how often a book makes no sense."""
    return [
        f"{symbol}: the best bid is at or above the best ask after "
        f"{counted(count, 'packet')} of {tape.packets:,}; look at the data before "
        "trusting results"
        for symbol, count in zip(tape.symbols, tape.crossed, strict=True)
        if count
    ]


def _pro_rata(tape: Tape) -> list[str]:
    """Say what is assumed of tapes that do not name their orders."""
    return [
        f"{instrument.symbol}: matched pro rata; the data names no orders, so the size "
        "at a price gives as one body and has no top order"
        for instrument, named in zip(tape.instruments, tape.by_order, strict=True)
        if instrument.matching.kind == "pro_rata" and not named
    ]


def _planned(params: Params) -> list[int]:
    """List the times of the first and the last order that are known beforehand."""
    if isinstance(params, ScriptedParams):
        return [entry.at for entry in params.orders]
    if isinstance(params, TwapParams):
        step = (params.end - params.start) * (params.slices - 1) // params.slices
        return [params.start, params.start + step]
    return []


def _for(names: list[str], everyone: int) -> str:
    """Name the portfolios, unless they are all of them."""
    return "" if len(names) == everyone else f" for {some_names(names)}"
