"""Compile a strategy of the user's own behind a C function; explain its failures."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba import carray  # type: ignore[attr-defined]
from numba.core import types
from numba.np.numpy_support import from_dtype
from numpy.typing import NDArray

from commonbook.core.callback import compile_callback, number_callback
from commonbook.core.dtypes import Records
from commonbook.core.enums import Request
from commonbook.core.source_stamp import HOME, Module, source_stamp
from commonbook.strategy import compiled
from commonbook.strategy.agent import explained
from commonbook.strategy.asks import ALLOWED, NEXT_ID, STRICT
from commonbook.strategy.compiled import (
    BRIEF,
    FAULT,
    FINE,
    INTERPRETED,
    N_ORDERS,
    NEXT_ORDER,
    ORDER_WORDS,
    ORDERS,
    OWN_PARAMS,
    RAISED,
    TOO_MANY_ORDERS,
    WORD,
)
from commonbook.strategy.user_code import CompiledStrategy

#: What a strategy sees; the columns of `Brief` that are its business.
SEEN = ("now", "wake", "instrument", "bid", "ask", "bid_qty", "ask_qty", "position")
KNOWN = ("open_buy", "open_sell", "halted")
SEE = np.dtype([(name, "i8") for name in (*SEEN, *KNOWN)], align=True)

#: An order that a strategy knows to be open.
OPEN_ORDER = np.dtype(
    [(name, "i8") for name in ("id", "slot", "side", "type", "price", "leaves")],
    align=True,
)

#: Values of globals that are frozen into machine code, so that it depends on them.
FROZEN = (bool, int, float, str, tuple)

_ADDRESSES: dict[tuple[CompiledStrategy, np.dtype[Any]], int] = {}


def record_of(fields: Mapping[str, type]) -> np.dtype[Any]:
    """
    Make the dtype of parameters or cells, all of 64 bits.

    Parameters
    ----------
    fields : mapping of str to type
        ``float`` for numbers with a fraction, anything else for whole numbers.

    Returns
    -------
    dtype
        A record; never without fields, which numba does not know.
    """
    kinds = [(name, "f8" if kind is float else "i8") for name, kind in fields.items()]
    return np.dtype(kinds or [("_", "i8")], align=True)


def memory_words(strategy: CompiledStrategy) -> int:
    """
    Count what a strategy keeps between wakes.

    Parameters
    ----------
    strategy : CompiledStrategy
        The strategy.

    Returns
    -------
    int
        Length of its row of ``memory``.
    """
    cells = record_of(strategy.memory).itemsize // WORD
    return ORDERS + ORDER_WORDS * strategy.max_orders + 2 * cells


def entry_of(strategy: CompiledStrategy, params: np.dtype[Any]) -> int:
    """
    Compile a strategy, once in a process.

    Parameters
    ----------
    strategy : CompiledStrategy
        The strategy.
    params : dtype
        Its parameters.

    Returns
    -------
    int
        Address by which kernels call it; a number when they are interpreted.

    Raises
    ------
    NumbaError
        If its code cannot be compiled.
    """
    key = strategy, params
    if key not in _ADDRESSES:
        cells = record_of(strategy.memory)
        _ADDRESSES[key] = (
            number_callback(_plain_entry(strategy, params))
            if INTERPRETED
            else _compile(strategy, params, cells)
        )
    return _ADDRESSES[key]


def explain(
    strategy: CompiledStrategy,
    record: np.dtype[Any],
    memory: NDArray[np.int64],
    params: NDArray[np.int64],
    strict: int,
) -> tuple[str, str]:
    """
    Find out why a strategy failed, by running its plain function once more.

    Parameters
    ----------
    strategy : CompiledStrategy
        The strategy.
    record : dtype
        Its parameters.
    memory : ndarray of int64, shape (n_words,)
        Its row at the end of the run: what it was given when it failed.
    params : ndarray of int64, shape (n_words,)
        Its row.
    strict : int
        1 if impossible orders stop it.

    Returns
    -------
    reason : str
        In one line.
    traceback : str
        Where in the user's code.
    """
    if memory[FAULT] == TOO_MANY_ORDERS:
        most = strategy.max_orders
        return f"too_many_orders: more than {most} open; declare max_orders", ""
    memory, n = memory.copy(), record_of(strategy.memory).itemsize // WORD
    first = ORDERS + ORDER_WORDS * strategy.max_orders
    memory[first : first + n] = memory[first + n : first + 2 * n]
    out = np.zeros((strategy.max_messages + 2, len(Request)), np.int64)
    out[0, NEXT_ID], out[0, ALLOWED] = memory[NEXT_ORDER], strategy.max_messages
    out[0, STRICT] = strict
    try:
        _run_plain(strategy, record, memory, params, out)
    except Exception as error:
        return explained(error)
    return "error: only when compiled; the same function in plain Python passes", ""


def _compile(
    strategy: CompiledStrategy, params: np.dtype[Any], cells: np.dtype[Any]
) -> int:
    # Bounds are checked, so that a wrong index stops a portfolio and not the process.
    user: Any = numba.njit(  # noqa: TID251 - the user's code, not a kernel
        boundscheck=True, nogil=True, error_model="python"
    )(strategy.function)
    n_columns = len(Request)

    def entry(
        see: Any, orders: Any, n: int, own: Any, kept: Any, out: Any, n_rows: int
    ) -> int:
        try:
            user(
                carray(see, 1)[0],
                carray(orders, n),
                carray(own, 1)[0],
                carray(kept, 1)[0],
                carray(out, (n_rows, n_columns)),
            )
        except Exception:
            return RAISED
        return FINE

    pointer: Any = types.CPointer
    see, orders, own, kept = (
        pointer(from_dtype(dtype)) for dtype in (SEE, OPEN_ORDER, params, cells)
    )
    rows, word = pointer(types.int64), types.int64
    signature = see, orders, word, own, kept, rows, word
    ours = Module(compiled.__name__, Path(str(compiled.__file__)), HOME)
    key = str((params, cells)), source_stamp(ours), _frozen(strategy.function)
    return compile_callback(entry, signature, key, strategy.function)


def _frozen(function: Callable[..., Any]) -> tuple[tuple[str, str], ...]:
    """List the values of globals that become part of the machine code."""
    found: dict[str, str] = {}
    for name in function.__code__.co_names:
        value: Any = function.__globals__.get(name)
        if isinstance(value, FROZEN):
            found[name] = repr(value)
        elif isinstance(value, np.ndarray):
            found[name] = hashlib.sha256(value.tobytes()).hexdigest()
        elif hasattr(value, "py_func"):
            found[name] = repr(_frozen(value.py_func))
    return tuple(sorted(found.items()))


def _plain_entry(
    strategy: CompiledStrategy, record: np.dtype[Any]
) -> Callable[..., int]:
    def entry(
        memory: NDArray[np.int64], params: NDArray[np.int64], out: NDArray[np.int64]
    ) -> int:
        try:
            _run_plain(strategy, record, memory, params, out)
        except Exception:
            return RAISED
        return FINE

    return entry


def _run_plain(
    strategy: CompiledStrategy,
    record: np.dtype[Any],
    memory: NDArray[np.int64],
    params: NDArray[np.int64],
    out: NDArray[np.int64],
) -> None:
    """Run the plain function on the parts of the rows; divisions by zero raise."""
    cells = record_of(strategy.memory)
    first = ORDERS + ORDER_WORDS * strategy.max_orders
    see = _part(memory, BRIEF, SEE)[0]
    orders = _part(memory, ORDERS, OPEN_ORDER, int(memory[N_ORDERS]))
    own, kept = _part(params, OWN_PARAMS, record)[0], _part(memory, first, cells)[0]
    try:
        with np.errstate(divide="raise", invalid="raise", over="ignore"):
            strategy.function(see, orders, own, kept, out)
    except FloatingPointError as error:
        message = "division by zero"
        raise ZeroDivisionError(message) from error


def _part(
    words: NDArray[np.int64], first: int, dtype: np.dtype[Any], n: int = 1
) -> Records:
    """Look at some words as records."""
    return words[first : first + n * (dtype.itemsize // WORD)].view(dtype)
