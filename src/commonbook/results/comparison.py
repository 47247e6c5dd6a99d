"""What competition costs: the same portfolios alone and together, side by side."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

import polars as pl

from commonbook.results.causes import (
    CAUSES,
    Effects,
    cause_figures,
    causes_frame,
    split_by_cause,
    total_effect,
)
from commonbook.results.leave_one_out import with_and_without
from commonbook.results.result import Result
from commonbook.results.store import (
    PROVENANCE,
    folder_names,
    publish,
    versions,
    write_json,
)

#: Figures that are compared, as named in `Result.summary`.
COMPARED = (
    "net_profit",
    "filled_qty",
    "cross_qty",
    "internal_qty",
    "fill_ratio",
    "average_buy_price",
    "average_sell_price",
    "traded_notional",
    "fees",
    "impact_charge",
    "orders",
    "fills",
)


class Comparison:
    """
    Lanes of one run: what isolation promised, and what sharing gave.

    Parameters
    ----------
    isolated : Result
        Every portfolio with an engine of its own.
    shared : Result
        The same portfolios in one engine.
    others : sequence of Result
        The same portfolios shared in other ways.
    without : mapping of str to Result
        By portfolio: the lane in which it stood apart from the others.
    steps : mapping of str to Result
        By cause, in order: the lane in which one thing more happened between the
        portfolios; the last one is `shared`.
    """

    def __init__(
        self,
        isolated: Result,
        shared: Result,
        *,
        others: Sequence[Result] = (),
        without: Mapping[str, Result] | None = None,
        steps: Mapping[str, Result] | None = None,
    ) -> None:
        self.isolated = isolated
        self.shared = shared
        self.others = tuple(others)
        self.without = dict(without or {})
        self.steps = dict(steps or {})

    def __repr__(self) -> str:
        return f"Comparison({self.isolated.info.name!r}: {self.headline})"

    @property
    def lanes(self) -> dict[str, Result]:
        """Results by label, those of `isolated` and `shared` first; without `steps`."""
        results = (*self._whole, *self.without.values())
        return {result.label: result for result in results}

    @property
    def _whole(self) -> tuple[Result, ...]:
        """The results in which nobody is left out."""
        return (self.isolated, self.shared, *self.others)

    @cached_property
    def net_profits(self) -> dict[str, dict[str, float | None]]:
        """Net profit of each portfolio by lane, but for lanes that leave one out."""
        return {
            name: {
                result.label: result.summary["portfolios"][name]["net_profit"]
                for result in self._whole
            }
            for name in self.portfolios
        }

    @cached_property
    def leave_one_out(self) -> dict[str, dict[str, Any]]:
        """What the others make with and without each portfolio that was left out."""
        present = self.shared.accounts
        return {
            name: with_and_without(name, present, result.accounts)
            for name, result in self.without.items()
        }

    @cached_property
    def causes(self) -> pl.DataFrame:
        """What each cause changed for whom; see `results.causes.causes_frame`."""
        return causes_frame(self.effects)

    @cached_property
    def effects(self) -> Effects:
        """The same by cause and portfolio, exact: they add up to the difference."""
        steps = {cause: step.accounts for cause, step in self.steps.items()}
        return split_by_cause(self.isolated.accounts, steps)

    @cached_property
    def table(self) -> pl.DataFrame:
        """One row for each portfolio; columns as `net_profit_isolated`."""
        rows = [
            {"portfolio": name, **_flat(figures)}
            for name, figures in self.portfolios.items()
        ]
        floats = [
            f"{figure}_{part}"
            for figure in COMPARED
            for part in ("isolated", "shared", "difference")
        ]
        schema = {"portfolio": pl.String, **dict.fromkeys(floats, pl.Float64)}
        return pl.DataFrame(rows, schema=schema, strict=False)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The comparison as JSON has it: portfolios, totals, headline and warnings."""
        alone, together = self.isolated.summary, self.shared.summary
        warnings = [*alone["warnings"], *together["warnings"]]
        return {
            "name": self.isolated.info.name,
            "seed": self.isolated.info.seed,
            "lanes": list(self.lanes),
            "headline": self.headline,
            "explanation": self.explanation,
            "portfolios": self.portfolios,
            "totals": self.totals,
            "net_profits": self.net_profits,
            "leave_one_out": self.leave_one_out,
            "causes": self._causes,
            "stopped": self._of_lanes("stopped"),
            "displaced_tape_qty": self._of_lanes("displaced_tape_qty"),
            "displaced_tape_share": self._of_lanes("displaced_tape_share"),
            "netting_missed_qty": self._of_lanes("netting_missed_qty"),
            "refused_by_limits": self._of_lanes("refused_by_limits"),
            "counters": alone["counters"],
            "warnings": list(dict.fromkeys(warnings)),
        }

    @cached_property
    def portfolios(self) -> dict[str, dict[str, dict[str, float | None]]]:
        """Isolated, shared and difference by portfolio and figure."""
        together = self.shared.summary["portfolios"]
        return {
            name: _compare(figures, together[name])
            for name, figures in self.isolated.summary["portfolios"].items()
        }

    @cached_property
    def totals(self) -> dict[str, dict[str, float | None]]:
        """Sums over all portfolios: isolated, shared and difference by figure."""
        return _compare(self.isolated.summary["totals"], self.shared.summary["totals"])

    @cached_property
    def headline(self) -> str:
        """The cost of competition in one sentence."""
        profit = self.totals["net_profit"]
        alone, together = profit["isolated"], profit["shared"]
        if alone is None or together is None:
            return "The cost of competition is unknown: a position has no market price."
        promised = (
            f"alone the portfolios made {_money(alone)}, "
            f"together {self._where} {_money(together)}"
        )
        if round(together - alone, 2) < 0:
            cost = _money(alone - together)
            return f"Competition cost {cost} in all: {promised}.{self._most()}"
        if round(together - alone, 2) > 0:
            gain = _money(together - alone)
            return f"{self._sharing} gained {gain} in all: {promised}.{self._most()}"
        return f"Competition cost nothing in all: {promised}."

    @property
    def _where(self) -> str:
        """Where the portfolios of the second lane meet."""
        return "in their groups" if self.shared.label == "groups" else "on one book"

    @property
    def _sharing(self) -> str:
        """What the second lane does that the first does not."""
        grouped = self.shared.label == "groups"
        return "Sharing within groups" if grouped else "Sharing one book"

    @cached_property
    def explanation(self) -> str:
        """How much the portfolios of the shared lane traded with each other."""
        together = self.shared.summary["totals"]
        filled, inside = together["filled_qty"], together["internal_qty"]
        if not inside:
            return "The portfolios never traded with each other."
        crossed = together["cross_qty"]
        return (
            f"Together, {inside / filled:.1%} of what they filled came from each other "
            f"({crossed / filled:.1%} netted at the desk), the rest from the market."
        )

    def save(self, folder: str | PathLike[str]) -> Path:
        """
        Write a folder with one run's folder for each lane, and ``comparison.json``.

        Parameters
        ----------
        folder : path
            Where; an earlier run there is replaced.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        ConfigError
            If something else is there.
        """
        return publish(Path(folder), self.write)

    def write(self, folder: Path) -> None:
        """
        Write all lanes and the comparison into an existing folder.

        Parameters
        ----------
        folder : Path
            The folder.
        """
        info = self.isolated.info
        folders = folder_names(self.lanes)
        for label, result in self.lanes.items():
            lane = folder / folders[label]
            lane.mkdir()
            result.write(lane)
        (folder / "config.yaml").write_text(info.config, encoding="utf-8")
        write_json(folder / "comparison.json", self.summary)
        digests = {label: {"sha256": lane.digest} for label, lane in self.lanes.items()}
        provenance = {
            "versions": versions(),
            "name": info.name,
            "seed": info.seed,
            "data": list(info.data),
            "results": digests,
        }
        write_json(folder / PROVENANCE, provenance)

    @property
    def _causes(self) -> list[dict[str, Any]]:
        """List what each cause changed, in the order in which they were switched on."""
        return [
            {
                "cause": cause,
                "meaning": CAUSES[cause],
                "portfolios": {
                    name: cause_figures(effect) for name, effect in effects.items()
                },
                "total": cause_figures(total_effect(effects.values())),
                "stopped": self.steps[cause].stopped,
            }
            for cause, effects in self.effects.items()
        ]

    def _of_lanes(self, key: str) -> dict[str, Any]:
        """Give a key of both summaries by lane."""
        return {label: result.summary[key] for label, result in self.lanes.items()}

    def _most(self) -> str:
        """Name the portfolio that lost most by sharing."""
        losses = {
            name: figures["net_profit"]["difference"]
            for name, figures in self.portfolios.items()
        }
        worst = min(losses, key=lambda name: losses[name] or 0.0)
        loss = losses[worst] or 0.0
        return f" {worst} lost most, {_money(-loss)}." if round(loss, 2) < 0 else ""


def _compare(
    alone: Mapping[str, Any], together: Mapping[str, Any]
) -> dict[str, dict[str, float | None]]:
    """Put two sets of figures side by side."""
    compared: dict[str, dict[str, float | None]] = {}
    for figure in COMPARED:
        if figure not in alone:
            continue
        left, right = alone[figure], together[figure]
        difference = None if left is None or right is None else right - left
        compared[figure] = {"isolated": left, "shared": right, "difference": difference}
    return compared


def _flat(figures: Mapping[str, Mapping[str, float | None]]) -> dict[str, float | None]:
    """Name each figure and part in one word."""
    return {
        f"{figure}_{part}": value
        for figure, parts in figures.items()
        for part, value in parts.items()
    }


def _money(amount: float) -> str:
    """Write an amount of money with thousands separators and two decimals."""
    return f"{amount:,.2f}"
