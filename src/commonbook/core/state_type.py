"""
How compiled code sees a `State`: as a pointer to its table.

An attribute such as ``s.orders`` becomes an array made from four numbers of the table,
without reference counts; the Python object that was passed in keeps the memory alive
for the length of the call.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)
from numba.np.arrayobj import make_array, populate_array
from numba.np.numpy_support import from_dtype

COLUMNS = 4  # of the table: address, then up to three extents

_INDEX: dict[str, int] = {}
_ARRAYS: dict[str, Any] = {}


class _StateType(types.Type):
    """The one type of all states."""

    def __init__(self) -> None:
        super().__init__(name="commonbook.State")


state_type = _StateType()


def register(target: type, fields: Sequence[tuple[str, np.dtype[Any], int]]) -> None:
    """
    Tell numba about the class whose objects are states.

    Parameters
    ----------
    target : type
        The class; its objects have an integer ``address``.
    fields : sequence of (str, dtype, int)
        Name, dtype and number of dimensions of each array, in the order of the table.
    """
    for index, (name, dtype, ndim) in enumerate(fields):
        _INDEX[name] = index
        _ARRAYS[name] = types.Array(from_dtype(dtype), ndim, "C")
    typeof_impl.register(target)(lambda value, context: state_type)


register_model(_StateType)(models.OpaqueModel)


@unbox(_StateType)
def _unbox_state(typ: _StateType, value: Any, context: Any) -> NativeValue:
    address = context.pyapi.object_getattr_string(value, "address")
    pointer = context.pyapi.long_as_voidptr(address)
    context.pyapi.decref(address)
    return NativeValue(pointer)


@infer_getattr
class _StateAttributes(AttributeTemplate):
    key = _StateType

    def generic_resolve(  # type: ignore[override]
        self, typ: _StateType, attribute: str
    ) -> Any:
        return _ARRAYS.get(attribute)


@lower_getattr_generic(_StateType)
def _lower_attribute(
    context: Any, builder: Any, typ: _StateType, value: Any, attribute: str
) -> Any:
    array_type = _ARRAYS[attribute]
    word = ir.IntType(64)
    table = builder.bitcast(value, word.as_pointer())
    first = _INDEX[attribute] * COLUMNS

    def column(i: int) -> Any:
        place = builder.gep(table, [ir.Constant(ir.IntType(32), first + i)])
        return builder.load(place)

    item_size = context.get_abi_sizeof(context.get_data_type(array_type.dtype))
    item = ir.Constant(word, item_size)
    shape = [column(1 + i) for i in range(array_type.ndim)]
    strides = [item]
    for extent in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], extent))
    array = make_array(array_type)(context, builder)
    populate_array(
        array,
        data=builder.inttoptr(column(0), array.data.type),
        shape=shape,
        strides=strides,
        itemsize=item,
        meminfo=None,
    )
    return array._getvalue()
