"""Summaries as tables that fit a terminal of 100 columns."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

NOTHING = "-"


def run_table(summary: Mapping[str, Any]) -> Table:
    """
    Lay out the summary of one lane.

    Parameters
    ----------
    summary : mapping
        `Result.summary`.

    Returns
    -------
    rich.table.Table
        One row for each portfolio, and the totals.
    """
    table = _table(f"{summary['name']}: {summary['lane']}")
    charged = bool(summary["totals"]["impact_charge"])
    for heading in (
        "orders", "fills", "filled", "of sent", "fees", *["impact"] * charged,
        "max draw-\ndown", "net profit",
    ):  # fmt: skip
        table.add_column(heading, justify="right", no_wrap=True)
    for name, figures in summary["portfolios"].items():
        table.add_row(Text(name), *_run_cells(figures, charged=charged))
    table.add_section()
    cells = _run_cells(summary["totals"], charged=charged)
    table.add_row("all", *cells, style="bold")
    return table


def comparison_table(summary: Mapping[str, Any]) -> Table:
    """
    Lay out what isolation promised and what sharing gave.

    Parameters
    ----------
    summary : mapping
        `Comparison.summary`.

    Returns
    -------
    rich.table.Table
        One row for each portfolio, and the totals.
    """
    table = _table(f"{summary['name']}: alone and together")
    for heading in (
        "net profit\nisolated", "\nshared", "\ndifference",
        "filled\nisolated", "\nshared", "of sent\nisolated", "\nshared",
    ):  # fmt: skip
        table.add_column(heading, justify="right", no_wrap=True)
    for name, figures in summary["portfolios"].items():
        table.add_row(Text(name), *_comparison_cells(figures))
    table.add_section()
    table.add_row("all", *_comparison_cells(summary["totals"]), style="bold")
    return table


def price_table(summary: Mapping[str, Any]) -> Table | None:
    """
    Lay out the average prices of those who only bought or only sold.

    Parameters
    ----------
    summary : mapping
        `Comparison.summary`.

    Returns
    -------
    rich.table.Table or None
        One row for each such portfolio; None without any.
    """
    rows = []
    for name, figures in summary["portfolios"].items():
        sides = [
            (word, figures[f"average_{word}_price"])
            for word in ("buy", "sell")
            if figures[f"average_{word}_price"]["isolated"] is not None
        ]
        if len(sides) == 1 and sides[0][1]["shared"] is not None:
            word, prices = sides[0]
            worse = 1 if word == "buy" else -1
            rows.append((name, word, prices, -worse * prices["difference"]))
    if not rows:
        return None
    table = _table("average prices of one-sided portfolios")
    table.add_column("side")
    for heading in ("isolated", "shared", "better (+) or worse (-)"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, word, prices, gain in rows:
        alone, together = (_price(prices[lane]) for lane in ("isolated", "shared"))
        table.add_row(Text(name), word, alone, together, signed(gain, decimals=6))
    return table


def impact_table(summary: Mapping[str, Any]) -> Table | None:
    """
    Lay out what moving the market cost, alone and together.

    Parameters
    ----------
    summary : mapping
        `Comparison.summary`.

    Returns
    -------
    rich.table.Table or None
        One row for each portfolio that paid, and the totals; None when nobody did.
    """
    total = summary["totals"]["impact_charge"]
    if not total["isolated"] and not total["shared"]:
        return None
    table = _table("charges for market impact")
    for heading in ("isolated", "shared", "better (+) or worse (-)"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, figures in summary["portfolios"].items():
        charge = figures["impact_charge"]
        if charge["isolated"] or charge["shared"]:
            table.add_row(Text(name), *_charge_cells(charge))
    table.add_section()
    table.add_row("all", *_charge_cells(total), style="bold")
    return table


def facts_table(title: str, facts: Sequence[tuple[str, str]]) -> Table:
    """
    Lay out pairs of a word and what it is.

    Parameters
    ----------
    title : str
        Above the table.
    facts : sequence of tuple of str
        Word and text.

    Returns
    -------
    rich.table.Table
        One row for each pair.
    """
    table = Table(
        title=title or None, title_justify="left", box=None, show_header=False
    )
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for word, text in facts:
        table.add_row(word, Text(text))
    return table


def book_table(
    symbol: str,
    book: Mapping[str, Sequence[Sequence[float]]],
    units: tuple[str, str],
) -> Table:
    """
    Lay out the best levels of a book.

    Parameters
    ----------
    symbol : str
        The instrument.
    book : mapping of str to sequences of price and size
        ``bids`` and ``asks``, best first.
    units : tuple of str
        Tick size and lot size; they say how many decimals to write.

    Returns
    -------
    rich.table.Table
        Bids to the left, asks to the right.
    """
    table = Table(
        title=f"{symbol}: the book at the end",
        title_justify="left",
        box=box.SIMPLE_HEAD,
    )
    for heading in ("size", "bid", "ask", "size"):
        table.add_column(heading, justify="right", no_wrap=True)
    places = [_places(unit) for unit in units]

    def cells(level: Sequence[float]) -> list[str]:
        return [money(value, many) for value, many in zip(level, places, strict=False)]

    for bid, ask in zip_longest(book["bids"], book["asks"], fillvalue=()):
        price, size = cells(bid) or ("", "")
        table.add_row(size, price, *cells(ask))
    return table


def money(amount: float | None, decimals: int = 2) -> str:
    """
    Write an amount with thousands separators.

    Parameters
    ----------
    amount : float or None
        The amount.
    decimals : int, default 2
        Places after the point.

    Returns
    -------
    str
        A dash for None, never a negative zero.
    """
    if amount is None:
        return NOTHING
    text = f"{amount:,.{decimals}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


def signed(amount: float | None, decimals: int = 2) -> Text:
    """
    Write a difference: green and with a plus when good, red when bad.

    Parameters
    ----------
    amount : float or None
        The difference.
    decimals : int, default 2
        Places after the point.

    Returns
    -------
    rich.text.Text
        A dash for None.
    """
    text = money(amount, decimals)
    if amount is None or not text.strip("-0.,"):
        return Text(text)
    return Text(f"+{text}", "green") if amount > 0 else Text(text, "red")


def quantity(amount: float | None) -> str:
    """
    Write a quantity in units with no more places than it needs.

    Parameters
    ----------
    amount : float or None
        The quantity.

    Returns
    -------
    str
        A dash for None.
    """
    if amount is None:
        return NOTHING
    places = 0 if abs(amount) >= 1000 or amount == int(amount) else 3
    return f"{amount:,.{places}f}"


def share(part: float | None) -> str:
    """
    Write a ratio in percent.

    Parameters
    ----------
    part : float or None
        The ratio.

    Returns
    -------
    str
        A dash for None.
    """
    return NOTHING if part is None else f"{part:.1%}"


def _table(title: str) -> Table:
    """Start a table whose rows are portfolios."""
    table = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0), collapse_padding=True, pad_edge=False,
    )  # fmt: skip
    table.add_column("portfolio", overflow="fold", vertical="bottom", min_width=6)
    return table


def _run_cells(figures: Mapping[str, Any], *, charged: bool) -> tuple[str | Text, ...]:
    """Write one row of the table of a run; impact only where there is any."""
    charges = [money(figures["impact_charge"])] if charged else []
    return (
        f"{figures['orders']:,}",
        f"{figures['fills']:,}",
        quantity(figures["filled_qty"]),
        share(figures["fill_ratio"]),
        money(figures["fees"]),
        *charges,
        money(figures.get("max_drawdown")),
        signed(figures["net_profit"]),
    )


def _comparison_cells(figures: Mapping[str, Any]) -> tuple[str | Text, ...]:
    """Write one row of the table of a comparison."""
    profit, filled = figures["net_profit"], figures["filled_qty"]
    ratio = figures["fill_ratio"]
    return (
        money(profit["isolated"]),
        money(profit["shared"]),
        signed(profit["difference"]),
        quantity(filled["isolated"]),
        quantity(filled["shared"]),
        share(ratio["isolated"]),
        share(ratio["shared"]),
    )


def _charge_cells(charge: Mapping[str, float]) -> tuple[str | Text, ...]:
    """Write one row of the table of charges."""
    return (
        money(charge["isolated"]),
        money(charge["shared"]),
        signed(-charge["difference"]),
    )


def _places(unit: str) -> int:
    """Count the decimals of a unit."""
    return max(0, -int(Decimal(unit).as_tuple().exponent))


def _price(price: float) -> str:
    """Write an average price."""
    return f"{price:,.6f}"
