"""Load a configuration from anything that can hold one, with all errors at once."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from commonbook.config.base import UNKNOWN_KEY
from commonbook.config.checks import (
    check_group_limits,
    check_groups,
    check_impact,
    check_names,
    check_symbols,
)
from commonbook.config.elsewhere import ANY, sections_with
from commonbook.config.paths import Fault, Path, format_path
from commonbook.config.prepare import Prepared, prepare
from commonbook.config.run import RunConfig
from commonbook.config.source import ConfigLike, Source, open_source
from commonbook.core.errors import ConfigError, Problem

MAX_PROBLEMS = 100


def load(config: ConfigLike) -> RunConfig:
    """
    Load, complete and check a configuration.

    Grids are expanded, files of scripted orders are read in, and paths become
    absolute: relative ones start at the configuration's own folder, or at the
    working directory when it is not a file.

    Parameters
    ----------
    config : str, path, mapping or RunConfig
        A YAML file, or its contents; in a mapping ``data`` may be a tape.

    Returns
    -------
    RunConfig
        The configuration, ready to run.

    Raises
    ------
    ConfigError
        With everything that is wrong, in the order of the file.
    """
    source = open_source(config)
    prepared = prepare(source.raw, source.folder)
    loaded, faults, about_keys = _validate(prepared)
    faults += prepared.faults
    faults += check_names(prepared.expansion)
    faults += check_groups(prepared.raw.get("execution"), prepared.expansion)
    faults += check_symbols(prepared.raw.get("data"), prepared.expansion)
    faults += check_impact(prepared.raw.get("execution"), prepared.raw.get("data"))
    faults += check_group_limits(
        prepared.raw.get("execution"), prepared.raw.get("data")
    )
    problems = _in_order(source, faults, about_keys)
    if problems or loaded is None:
        raise ConfigError(problems, source.name)
    return loaded


def _validate(prepared: Prepared) -> tuple[RunConfig | None, list[Fault], set[Fault]]:
    """Validate with the models; say too which faults are about keys."""
    faults: list[Fault] = []
    about_keys: set[Fault] = set()
    try:
        return RunConfig.model_validate(prepared.raw), faults, about_keys
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            about_key = detail["type"] == UNKNOWN_KEY
            path, message = detail["loc"], detail["msg"]
            if about_key:
                message = _with_place(prepared, path, message)
            fault = prepared.trace(path, message, about_key=about_key)
            faults.append(fault)
            if about_key:
                about_keys.add(fault)
    return None, faults, about_keys


def _with_place(prepared: Prepared, path: Path, message: str) -> str:
    """Say of a key in the wrong section where it belongs."""
    found = sections_with(path)
    if not found or "not built yet" in message:
        return message
    # A word of its name is a weaker hint than a key of this section that is near.
    same = all(keys == [path[-1]] for keys in found.values())
    if "did you mean" in message and not same:
        return message
    places = {_section(prepared, path): keys for path, keys in found.items()}
    hint = f"it belongs in {' or '.join(places)}"
    if not same:
        hint = "; ".join(f"{name} has {', '.join(k)}" for name, k in places.items())
    return f"unknown key; {hint}; allowed here: {message.partition('allowed: ')[2]}"


def _section(prepared: Prepared, path: Path) -> str:
    """Name a section as the configuration has it."""
    if path[1:2] != (ANY,):
        path = prepared.trace(path, "", about_key=False).path
    return format_path(path).replace(f".{ANY}", f"[{ANY}]") or "the top level"


def _in_order(
    source: Source, faults: list[Fault], about_keys: set[Fault]
) -> list[Problem]:
    """Give each fault its place, and sort by it; equal faults of a grid are one."""
    document = source.document
    if not faults and not document.problems:
        return []
    ranks = {path: rank for rank, path in enumerate(_walk(document.value, ()))}
    ranked = [
        (problem.line or 0, problem.column or 0, problem)
        for problem in document.problems
    ]
    for fault in dict.fromkeys(faults):
        path, message = fault
        place = document.place(path, key=fault in about_keys)
        problem = Problem(format_path(path), message, *(place or ()))
        ranked.append((*(place or (_rank(path, ranks), 0)), problem))
    ranked.sort(key=lambda item: item[:2])
    problems = [problem for _, _, problem in ranked]
    if len(problems) > MAX_PROBLEMS:
        more = f"{len(problems) - MAX_PROBLEMS} more problems are not shown"
        return [*problems[:MAX_PROBLEMS], Problem("", more)]
    return problems


def _walk(value: object, path: Path) -> Iterator[Path]:
    yield path
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _walk(item, (*path, index))


def _rank(path: Path, ranks: Mapping[Path, int]) -> int:
    while path not in ranks:
        path = path[:-1]
    return ranks[path]
