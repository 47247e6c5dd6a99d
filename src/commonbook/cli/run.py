"""``commonbook run`` and ``commonbook compare``."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commonbook.cli.console import (
    FAILED,
    JsonOption,
    QuietOption,
    failing_clearly,
    print_json,
    progress_bar,
    say,
    show,
    stdout,
)

if TYPE_CHECKING:
    from commonbook.results.comparison import Comparison
    from commonbook.results.result import Result

RUNS = Path("runs")

EXIT_CODES = (
    "Ends with code 0 when it ran, also when portfolios were stopped (--strict: 1); "
    "with 2 when the input is at fault, with 1 when anything else failed."
)

ConfigArgument = Annotated[
    Path, typer.Argument(metavar="CONFIG", help="The configuration, a YAML file.")
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="Folder for the results; an earlier run there is replaced.",
        show_default="runs/NAME",
    ),
]
CompareOutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="Folder for the results; an earlier run there is replaced.",
        show_default="runs/NAME-compare",
    ),
]
LeaversArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME]...",
        help="With --leave-one-out: who is left out in turn, names or patterns.",
        show_default="everybody",
    ),
]
LeaveOption = Annotated[
    bool,
    typer.Option(
        "--leave-one-out",
        help="Run once more without each portfolio: what does it cost the others?",
    ),
]
CausesOption = Annotated[
    bool,
    typer.Option(
        "--causes",
        help="Split the difference by its causes, with up to four lanes more.",
    ),
]
StrictOption = Annotated[
    bool,
    typer.Option("--strict", help="End with code 1 if a portfolio was stopped."),
]


def run_command(
    config: ConfigArgument,
    out: OutOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """
    Run a configuration in the mode that it asks for.

    Parameters
    ----------
    config : Path
        The configuration.
    out : Path or None
        Folder for the results; None is one below ``runs``.
    json : bool, default False
        Print results as JSON and nothing else.
    quiet : bool, default False
        Print no progress and no table.
    strict : bool, default False
        End with code 1 if a portfolio was stopped; results are written all the same.
    """
    with failing_clearly():
        from commonbook.config.load import load

        resolved = load(config)
        folder = out or default_folder(resolved.name)
        with progress_bar(shown=not (json or quiet)) as progress:
            from commonbook.runner.job import naming_source, run

            with naming_source(config):
                result = run(resolved, out=folder, progress=progress)
    if json:
        print_json(result.summary)
    elif not quiet:
        from commonbook.cli.band import band_table
        from commonbook.cli.tables import run_tables

        show(*run_tables(result.summary, stdout().width))
        show(band_table(result.impact_band.to_dicts()))
        _print_end(result.summary, folder)
    if strict:
        _fail_if_stopped({result.label: result})


def compare_command(
    config: ConfigArgument,
    names: LeaversArgument = None,
    leave_one_out: LeaveOption = False,
    causes: CausesOption = False,
    out: CompareOutOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    strict: StrictOption = False,
) -> None:
    """
    Run a configuration isolated and shared, and show what competition costs.

    Parameters
    ----------
    config : Path
        The configuration.
    names : list of str or None
        Who is left out in turn, if anybody is; None is everybody.
    leave_one_out : bool, default False
        Whether somebody is left out.
    causes : bool, default False
        Whether the difference is split by its causes.
    out : Path or None
        Folder for the results; None is one below ``runs``.
    json : bool, default False
        Print results as JSON and nothing else.
    quiet : bool, default False
        Print no progress and no table.
    strict : bool, default False
        End with code 1 if a portfolio was stopped; results are written all the same.
    """
    if names and not leave_one_out:
        message = "names say who is left out in turn: add --leave-one-out"
        raise typer.BadParameter(message, param_hint="NAME")
    leavers = names or leave_one_out
    with failing_clearly():
        from commonbook.config.load import load

        resolved = load(config)
        folder = out or default_folder(f"{resolved.name}-compare")
        with progress_bar(shown=not (json or quiet)) as progress:
            from commonbook.runner.job import compare, naming_source

            with naming_source(config):
                comparison = compare(
                    resolved,
                    out=folder,
                    progress=progress,
                    leave_one_out=leavers,
                    causes=causes,
                )
    if json:
        print_json(comparison.summary)
    elif not quiet:
        print_comparison(comparison)
        _print_end(comparison.summary, folder)
    if strict:
        _fail_if_stopped(comparison.lanes)


def print_comparison(comparison: "Comparison") -> None:
    """
    Print a comparison for people: tables, then the headline.

    Parameters
    ----------
    comparison : Comparison
        What `compare` gave.
    """
    from commonbook.cli.band import compared_band_table
    from commonbook.cli.lanes import (
        causes_table,
        leaving_table,
        parts_table,
        profit_table,
    )
    from commonbook.cli.tables import comparison_tables, impact_table, price_table

    summary = comparison.summary
    width = stdout().width
    show(*comparison_tables(summary, width))
    show(profit_table(summary), price_table(summary), impact_table(summary))
    alone, together = (
        lane.impact_band.to_dicts() for lane in (comparison.isolated, comparison.shared)
    )
    show(compared_band_table(alone, together, summary["lanes"][:2]))
    show(causes_table(summary, width), parts_table(summary))
    show(leaving_table(summary, width))
    say(comparison.headline, "bold")
    say(comparison.explanation)


def default_folder(name: str) -> Path:
    """
    Name the folder of a run that was not given one.

    Parameters
    ----------
    name : str
        Name of the run.

    Returns
    -------
    Path
        A folder below ``runs``.
    """
    return RUNS / (re.sub(r"[^\w.=-]+", "-", name).strip(".-") or "run")


def _fail_if_stopped(lanes: "Mapping[str, Result]") -> None:
    """End with code 1 when a portfolio was stopped in any lane."""
    names = [
        entry["portfolio"]
        for lane in lanes.values()
        for entry in lane.summary["stopped"]
    ]
    if names:
        stopped = ", ".join(dict.fromkeys(names))
        typer.echo(f"error: stopped, and --strict was given: {stopped}", err=True)
        raise typer.Exit(FAILED)


def _print_end(summary: Mapping[str, Any], folder: Path) -> None:
    """Print what the reader must know, and where everything is."""
    print_remarks(summary)
    typer.echo(f"results: {folder}")


def print_remarks(summary: Mapping[str, Any]) -> None:
    """
    Print what a reader must know, below the tables.

    Parameters
    ----------
    summary : mapping
        `Result.summary` or `Comparison.summary`.
    """
    from commonbook.cli.remarks import remarks

    for text, style in remarks(summary):
        say(text, style, indent=2)
