"""Summaries as tables that fit the width of a terminal."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any, NamedTuple, TypeAlias

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commonbook.cli.figures import money, quantity, share, signed

Figures: TypeAlias = Mapping[str, Any]
Cell: TypeAlias = str | Text

#: Wider than every table; what a table takes there is what it needs.
_WIDE = 10_000


class Column(NamedTuple):
    """
    One column of a table of portfolios.

    Parameters
    ----------
    heading : str
        Above the column.
    cell : callable
        From the figures of a portfolio to what is shown.
    """

    heading: str
    cell: Callable[[Figures], Cell]


def run_tables(summary: Mapping[str, Any], width: int) -> list[Table]:
    """
    Lay out the summary of one lane.

    Parameters
    ----------
    summary : mapping
        `Result.summary`.
    width : int
        Columns of the terminal.

    Returns
    -------
    list of rich.table.Table
        One row for each portfolio, and the totals; two tables where one is too wide.
    """
    title = f"{summary['name']}: {summary['lane']}"
    charged = bool(summary["totals"]["impact_charge"])
    impact = Column("impact", lambda f: money(f["impact_charge"]))
    orders = [
        Column("orders", lambda f: f"{f['orders']:,}"),
        Column("fills", lambda f: f"{f['fills']:,}"),
        Column("filled", lambda f: quantity(f["filled_qty"])),
        Column("of sent", lambda f: share(f["fill_ratio"])),
    ]
    profit = [
        Column("fees", lambda f: money(f["fees"])),
        *[impact] * charged,
        Column("max\ndrawdown", lambda f: money(f.get("max_drawdown"))),
        Column("net profit", lambda f: signed(f["net_profit"])),
    ]
    return _fitting(summary, title, [("orders", orders), ("money", profit)], width)


def comparison_tables(summary: Mapping[str, Any], width: int) -> list[Table]:
    """
    Lay out what isolation promised and what sharing gave.

    Parameters
    ----------
    summary : mapping
        `Comparison.summary`.
    width : int
        Columns of the terminal.

    Returns
    -------
    list of rich.table.Table
        One row for each portfolio, and the totals; two tables where one is too wide.
    """
    alone, together = summary["lanes"][:2]

    def pair(
        what: str, figure: str, write: Callable[[float | None], Cell]
    ) -> list[Column]:
        return [
            Column(f"{what}\n{alone}", lambda f: write(f[figure]["isolated"])),
            Column(f"\n{together}", lambda f: write(f[figure]["shared"])),
        ]

    profit = [
        *pair("net profit", "net_profit", money),
        Column("\ndifference", lambda f: signed(f["net_profit"]["difference"])),
    ]
    filled = [
        *pair("filled", "filled_qty", quantity),
        *pair("of sent", "fill_ratio", share),
    ]
    title = f"{summary['name']}: alone and {_together(together)}"
    return _fitting(summary, title, [("profit", profit), ("filled", filled)], width)


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
    table = start_table("average prices of one-sided portfolios")
    table.add_column("side", vertical="bottom")
    add_columns(table, [*summary["lanes"][:2], "better (+)\nor worse (-)"])
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
    table = start_table("charges for market impact")
    add_columns(table, [*summary["lanes"][:2], "better (+)\nor worse (-)"])
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
        table.add_row(Text(word), Text(text))
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
        title=Text(f"{symbol}: the book at the end", "bold"),
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


def start_table(title: str, rows: str = "portfolio") -> Table:
    """
    Start a table whose rows are portfolios.

    Parameters
    ----------
    title : str
        Above the table.
    rows : str, default 'portfolio'
        Heading of their names.

    Returns
    -------
    rich.table.Table
        With the column of names.
    """
    table = Table(
        title=Text(title, "bold"), title_justify="left",
        box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), collapse_padding=True,
        pad_edge=False,
    )  # fmt: skip
    table.add_column(rows, overflow="fold", vertical="bottom", min_width=6)
    return table


def add_columns(table: Table, headings: Iterable[str]) -> None:
    """
    Add columns of numbers, which are never cut.

    Parameters
    ----------
    table : rich.table.Table
        The table.
    headings : iterable of str
        Above each column.
    """
    for heading in headings:
        text = Text(heading)  # names of grids have brackets, which are no markup
        table.add_column(text, justify="right", no_wrap=True, vertical="bottom")


def fits(table: Table, width: int) -> bool:
    """
    Tell whether a table needs no more than some columns of the terminal.

    Parameters
    ----------
    table : rich.table.Table
        The table.
    width : int
        The columns.

    Returns
    -------
    bool
        Whether nothing of it would be folded.
    """
    return Console(width=_WIDE).measure(table).maximum <= width


def _fitting(
    summary: Mapping[str, Any],
    title: str,
    groups: Sequence[tuple[str, Sequence[Column]]],
    width: int,
) -> list[Table]:
    """Give one table of all columns, or one of each group when that is too wide."""
    whole = _of_portfolios(summary, title, [c for _, group in groups for c in group])
    if fits(whole, width):
        return [whole]
    return [
        _of_portfolios(summary, f"{title}, {what}", group) for what, group in groups
    ]


def _of_portfolios(
    summary: Mapping[str, Any], title: str, columns: Sequence[Column]
) -> Table:
    """Lay out one row for each portfolio, and the totals."""
    table = start_table(title)
    add_columns(table, [column.heading for column in columns])
    for name, figures in summary["portfolios"].items():
        table.add_row(Text(name), *(column.cell(figures) for column in columns))
    table.add_section()
    cells = (column.cell(summary["totals"]) for column in columns)
    table.add_row("all", *cells, style="bold")
    return table


def _charge_cells(charge: Mapping[str, float]) -> tuple[Cell, ...]:
    """Write one row of the table of charges."""
    return (
        money(charge["isolated"]),
        money(charge["shared"]),
        signed(-charge["difference"]),
    )


def _together(lane: str) -> str:
    """Name in words where portfolios meet."""
    return "in groups" if lane == "groups" else "together"


def _places(unit: str) -> int:
    """Count the decimals of a unit."""
    return max(0, -int(Decimal(unit).as_tuple().exponent))


def _price(price: float) -> str:
    """Write an average price."""
    return f"{price:,.6f}"
