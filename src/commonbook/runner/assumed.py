"""What a configuration assumes of instruments whose data has trades but no book."""

from decimal import Decimal

from commonbook.config.run import RunConfig
from commonbook.config.trades_only import TradesOnly
from commonbook.core.errors import ConfigError, DataError, Problem
from commonbook.data.assumed_quotes import AssumedQuote, trades_only
from commonbook.data.instrument import Instrument
from commonbook.data.tape import Tape

#: The block of a configuration that says it.
PATH = "execution.trades_only"

#: Why nobody can share there.
NO_LINE = (
    "matching pro_rata needs a book: the data has trades but no book, so nobody knows "
    "who stands at a price; allowed: fifo"
)


def assumed_quotes(config: RunConfig, tape: Tape) -> dict[int, AssumedQuote]:
    """
    Put what is stated about instruments without a book into ticks and lots.

    Parameters
    ----------
    config : RunConfig
        The configuration.
    tape : Tape
        Its data.

    Returns
    -------
    dict of int to AssumedQuote
        One for each instrument that has trades but no book.

    Raises
    ------
    ConfigError
        If there is such an instrument and nothing, or too little, is stated about it,
        or if it is matched pro rata.
    """
    alone = trades_only(tape.events, len(tape.instruments))
    found = {i: tape.instruments[i] for i, is_alone in enumerate(alone) if is_alone}
    if not found:
        return {}
    problems = [
        Problem(f"data: matching of {item.symbol}", NO_LINE)
        for item in found.values()
        if item.matching.kind == "pro_rata"
    ]
    rules = config.execution.trades_only
    if rules is None:
        names = ", ".join(instrument.symbol for instrument in found.values())
        message = (
            f"this key is missing; {names}: the data has trades but no book, so state "
            "what to assume: spread_ticks, and participation or size"
        )
        raise ConfigError([*problems, Problem(PATH, message)])
    quotes = {i: _quote(rules, item, problems) for i, item in found.items()}
    if problems:
        raise ConfigError(problems)
    return quotes


def tell_assumed(config: RunConfig, tape: Tape) -> list[str]:
    """
    Say which instruments have no book and what stands in its place.

    Parameters
    ----------
    config : RunConfig
        The configuration.
    tape : Tape
        Its data.

    Returns
    -------
    list of str
        A sentence for each such instrument.
    """
    rules = config.execution.trades_only
    quotes = assumed_quotes(config, tape)
    if rules is not None and not quotes:
        return ["trades_only: every instrument has a book, so it changes nothing"]
    said = []
    for number, quote in quotes.items():
        instrument = tape.instruments[number]
        offer = f"{instrument.qty(quote.qty)} units"
        if quote.qty == 0 and rules is not None:
            offer = f"{rules.participation} of what was printed"
        fills = "at or through" if quote.at_price else "through"
        said.append(
            f"{instrument.symbol}: no book, trades only; assumed are quotes "
            f"{quote.spread} ticks apart around the last price with {offer} on each "
            f"side, and resting orders fill by prints {fills} their price"
        )
    return said


def _quote(
    rules: TradesOnly, instrument: Instrument, problems: list[Problem]
) -> AssumedQuote:
    """Put what is stated about one instrument into ticks and lots."""
    symbol = instrument.symbol
    spread = _of(rules.spread_ticks, symbol, "spread_ticks", problems)
    at_price = rules.fill_at_price == "always"
    if rules.size is None:
        num, den = (rules.participation or Decimal(1)).as_integer_ratio()
        return AssumedQuote(int(spread), at_price, 0, num, den)
    size = _of(rules.size, symbol, "size", problems)
    lots = 1
    try:
        lots = instrument.qty_to_lots(size)
    except DataError as error:
        problems.append(Problem(f"{PATH}.size", str(error)))
    return AssumedQuote(int(spread), at_price, lots)


def _of(
    given: Decimal | dict[str, Decimal],
    symbol: str,
    key: str,
    problems: list[Problem],
) -> Decimal:
    """Give the number of one symbol."""
    if not isinstance(given, dict):
        return given
    if symbol not in given:
        message = f"this key is missing; {symbol} has trades but no book and needs one"
        problems.append(Problem(f"{PATH}.{key}.{symbol}", message))
    return given.get(symbol, Decimal(1))
