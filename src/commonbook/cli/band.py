"""What impact costs with other coefficients, as a table."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from commonbook.cli.figures import money, signed
from commonbook.cli.tables import add_columns, start_table


def band_table(rows: Iterable[Mapping[str, Any]]) -> Table | None:
    """
    Lay out impact charges and net profits by coefficient.

    Parameters
    ----------
    rows : iterable of mapping
        Those of `Result.impact_band`.

    Returns
    -------
    rich.table.Table or None
        One row for each portfolio that pays, and the totals; None if nobody does.
    """
    told: dict[str | None, list[Mapping[str, Any]]] = {}
    for row in rows:
        told.setdefault(row["portfolio"], []).append(row)
    paying = {
        name: mine
        for name, mine in told.items()
        if name is not None and any(row["impact_charge"] != 0 for row in mine)
    }
    if not paying:
        return None
    whole = told[None]
    table = start_table("the same fills by impact coefficient")
    for what in ("impact", "net profit"):
        first, *others = (f"{row['coefficient']:g}" for row in whole)
        add_columns(table, [f"{what}\n{first}", *(f"\n{other}" for other in others)])
    for name, mine in paying.items():
        table.add_row(Text(name), *_cells(mine))
    table.add_section()
    table.add_row("all", *_cells(whole), style="bold")
    return table


def compared_band_table(
    alone: Iterable[Mapping[str, Any]],
    together: Iterable[Mapping[str, Any]],
    lanes: Iterable[str],
) -> Table | None:
    """
    Lay out the net profit of all by coefficient, in two lanes side by side.

    Parameters
    ----------
    alone, together : iterable of mapping
        Rows of `Result.impact_band` of each lane.
    lanes : iterable of str
        Their labels.

    Returns
    -------
    rich.table.Table or None
        One row for each coefficient; None if nobody pays in either lane.
    """
    pairs = [
        (one, other)
        for one, other in zip(alone, together, strict=True)
        if one["portfolio"] is None
    ]
    if not any(row["impact_charge"] != 0 for pair in pairs for row in pair):
        return None
    table = start_table("net profit of all, by impact", "coefficient")
    add_columns(table, [*lanes, "difference"])
    for pair in pairs:
        less, more = (row["net_profit"] for row in pair)
        gain = None if less is None or more is None else more - less
        name = f"{pair[0]['coefficient']:g}"
        table.add_row(Text(name), money(less), money(more), signed(gain))
    return table


def _cells(rows: Iterable[Mapping[str, Any]]) -> list[str | Text]:
    rows = list(rows)
    charges = [money(row["impact_charge"]) for row in rows]
    return [*charges, *(signed(row["net_profit"]) for row in rows)]
