"""What a reader of results must know about how they came about."""

from commonbook.config.costs import Fees
from commonbook.config.latency import Latency
from commonbook.config.run import RunConfig
from commonbook.data.tape import Tape

#: Portfolios that are named before the rest is counted.
NAMED = 3


def assumptions(config: RunConfig, tape: Tape) -> tuple[str, ...]:
    """
    Say aloud what the configuration leaves at nothing and what the reader assumed.

    Parameters
    ----------
    config : RunConfig
        The configuration.
    tape : Tape
        Its data.

    Returns
    -------
    tuple of str
        One sentence each.
    """
    rules, portfolios = config.execution, config.portfolios
    free = [p.name for p in portfolios if p.fees.over(rules.fees) == Fees()]
    instant = [p.name for p in portfolios if p.latency.over(rules.latency) == Latency()]
    everyone = len(portfolios)
    said = [
        f"{what}: none configured{_for(names, everyone)}"
        for what, names in (("fees", free), ("latency", instant))
        if names
    ]
    return (*said, *tape.notes)


def _for(names: list[str], everyone: int) -> str:
    """Name the portfolios, unless they are all of them."""
    if len(names) == everyone:
        return ""
    more = len(names) - NAMED
    rest = f" and {more} more" if more > 0 else ""
    return f" for {', '.join(names[:NAMED])}{rest}"
