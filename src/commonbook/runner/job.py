"""Run a configuration: in its own mode, or in both modes at once."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from os import PathLike, cpu_count, fspath
from pathlib import Path

from commonbook.book.replay import book_size
from commonbook.config import ConfigLike, RunConfig, dump_resolved, load
from commonbook.core.dtypes import Records
from commonbook.core.errors import ConfigError
from commonbook.data.assumed_quotes import bits_of, with_quotes
from commonbook.data.tape import Tape
from commonbook.data.traded import traded_lots
from commonbook.results.comparison import Comparison
from commonbook.results.result import Result, RunInfo
from commonbook.results.schema import RawRun
from commonbook.results.store import check_target
from commonbook.runner.assumed import assumed_quotes
from commonbook.runner.assumptions import assumptions
from commonbook.runner.calibration import calibrate
from commonbook.runner.compilation import announcing_compilation
from commonbook.runner.replayed_market import ReplayedMarket
from commonbook.runner.tapes import load_tape, provenance
from commonbook.simulation.loop import Progress, simulate
from commonbook.simulation.setup import Setup
from commonbook.topology.build import lanes_for_run
from commonbook.topology.compared import ComparedLanes, compared_lanes
from commonbook.topology.graph import Lane
from commonbook.topology.lower import lower

#: Portfolios that cost more than the replay that each thread adds.
WORTH_A_THREAD = 16


def run(
    config: ConfigLike,
    *,
    out: str | PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Result:
    """
    Run a configuration in the mode that it asks for.

    Parameters
    ----------
    config : path, mapping or RunConfig
        What to run; in a mapping, ``data`` may hold a Tape.
    out : path, optional
        Folder for the results; without it nothing is written.
    progress : callable, optional
        Called with what is being done, how much of it is done, and of how much in all.

    Returns
    -------
    Result
        Frames and figures.

    Raises
    ------
    ConfigError
        If the configuration cannot run, or `out` holds something else than a run.
    DataError
        If the data cannot be trusted.
    RunError
        If the run had to stop.
    """
    resolved = _prepare(config, out)
    with naming_source(config):
        raw, info, market = _simulate(resolved, lanes_for_run, progress)
    result = Result(raw, info, market=market)
    if out is not None:
        result.save(out)
    return result


def compare(
    config: ConfigLike,
    *,
    out: str | PathLike[str] | None = None,
    progress: Progress | None = None,
    leave_one_out: bool | Sequence[str] = False,
    causes: bool = False,
) -> Comparison:
    """
    Run a configuration isolated and shared, in one pass over the data.

    Who shares an engine is the only thing that differs between the lanes. There is one
    for the groups, too, if the configuration has any.

    Parameters
    ----------
    config : path, mapping or RunConfig
        What to run; in a mapping, ``data`` may hold a Tape.
    out : path, optional
        Folder for the results; without it nothing is written.
    progress : callable, optional
        Called with what is being done, how much of it is done, and of how much in all.
    leave_one_out : bool or sequence of str, default False
        Who is left out in turn, to see what the others then make: True for everybody,
        or names and patterns (``*`` stands for any text).
    causes : bool, default False
        Whether what sharing changed is split by its causes, with up to four lanes more.

    Returns
    -------
    Comparison
        The results, and what competition costs.

    Raises
    ------
    ConfigError
        If the configuration cannot run, `out` holds something else than a run, nobody
        is called as those to leave out, or there are too many of them.
    DataError
        If the data cannot be trusted.
    RunError
        If the run had to stop.
    """
    resolved = _prepare(config, out)
    with naming_source(config):

        def lanes_of(known: RunConfig) -> ComparedLanes:
            return compared_lanes(known, leave_one_out, causes)

        lanes = lanes_of(resolved)  # problems come before data
        raw, info, market = _simulate(resolved, lambda c: lanes_of(c).all, progress)
    # In the order of `ComparedLanes.all`.
    results = (Result(raw, info, number, market) for number in range(len(raw.lanes)))
    isolated, shared = next(results), next(results)
    others = [next(results) for _ in lanes.others]
    without = {name: next(results) for name in lanes.without}
    # The last step is the shared lane itself.
    steps = {cause: next(results, shared) for cause in lanes.steps}
    comparison = Comparison(
        isolated, shared, others=others, without=without, steps=steps
    )
    if out is not None:
        comparison.save(out)
    return comparison


def _prepare(config: ConfigLike, out: str | PathLike[str] | None) -> RunConfig:
    """Load the configuration; find out early whether results can be written."""
    resolved = load(config)
    if out is not None:
        check_target(Path(out))
    return resolved


@contextmanager
def naming_source(config: ConfigLike) -> Iterator[None]:
    """
    Let problems that only the data reveals name the configuration's file.

    Parameters
    ----------
    config : path, mapping or RunConfig
        Where the configuration came from.

    Yields
    ------
    None
        While problems are looked for.

    Raises
    ------
    ConfigError
        The same problems, under the name of the file.
    """
    try:
        yield
    except ConfigError as error:
        if not isinstance(config, str | PathLike):
            raise
        raise ConfigError(error.problems, fspath(config)) from None


def _simulate(
    config: RunConfig,
    lanes_of: Callable[[RunConfig], tuple[Lane, ...]],
    progress: Progress | None,
) -> tuple[RawRun, RunInfo, ReplayedMarket]:
    """Read the data and run the lanes over it."""
    say = progress or _silent
    with announcing_compilation(say):
        tape = load_tape(config.data, say)
        config, found = calibrate(config, tape, say)
        events, setup = _assume(config, tape, lower(config, lanes_of(config), tape))
        raw = simulate(events, setup, say, threads=_threads(config, setup))
        if raw.displaced.any():  # nobody asks for it otherwise
            traded = traded_lots(tape.events, len(tape.instruments))
            raw = replace(raw, traded=traded)
    info = RunInfo(
        name=config.name,
        seed=config.seed,
        config=dump_resolved(config),
        data=(provenance(tape),),
        warnings=assumptions(config, tape, found),
    )
    return raw, info, ReplayedMarket(events, setup)


def _assume(config: RunConfig, tape: Tape, setup: Setup) -> tuple[Records, Setup]:
    """Put assumed quotes where the tape has trades but no book."""
    assumed = assumed_quotes(config, tape)
    if not assumed:
        return tape.events, setup
    n_instruments = len(tape.instruments)
    events = with_quotes(tape.events, assumed)
    return events, replace(
        setup,
        assumed=bits_of(assumed, n_instruments),
        book_size=book_size(events, n_instruments),
    )


def _threads(config: RunConfig, setup: Setup) -> int:
    """Decide how many threads are worth their own replay of the books."""
    if not config.execution.isolated_config.parallel_execution:
        return 1
    return max(1, min(cpu_count() or 1, len(setup.portfolios) // WORTH_A_THREAD))


def _silent(stage: str, done: int, total: int) -> None:
    """Say nothing."""
