"""A strict reader of protobuf messages: bytes → their fields, with what they hold left in place.

https://protobuf.dev/programming-guides/encoding says how fields are written. Where two readers may
disagree (an unknown field, one of another type, one that is written twice) this one refuses, so
that what was checked is what another program reads.
"""

from collections.abc import Collection
from typing import NamedTuple

VARINT, BYTES, FIXED32 = 0, 2, 5
_LONGEST_VARINT = 10
_MOST_FIELDS = 2000  # a deep network of ours has some hundred

Span = tuple[int, int]  # where the bytes of something begin and end


class Message(NamedTuple):
    """The fields that a message may have, each as (number, how it is written)."""

    name: str  # with its article, as errors name it
    once: Collection[tuple[int, int]]
    repeated: Collection[tuple[int, int]]


class Fields(NamedTuple):
    """The fields of one message, by number."""

    numbers: dict[int, list[int]]
    spans: dict[int, list[Span]]


def read_fields(data: bytes, span: Span, message: Message) -> Fields:
    """Read the fields of one message; ValueError for bytes that are none, or a field it lacks."""
    found = Fields({}, {})
    place, end = span
    count = 0
    while place < end:
        count += 1
        if count > _MOST_FIELDS:
            raise ValueError(f"more than {_MOST_FIELDS:,} fields in {message.name}")
        key, place = _varint(data, place, end)
        number, how = key >> 3, key & 7
        if (number, how) not in message.repeated:
            if (number, how) not in message.once:
                raise ValueError(f"field {number} in {message.name}")
            if number in found.numbers or number in found.spans:
                raise ValueError(f"field {number} twice in {message.name}")
        if how == VARINT:
            value, place = _varint(data, place, end)
            found.numbers.setdefault(number, []).append(value)
            continue
        size = 4
        if how == BYTES:
            size, place = _varint(data, place, end)
        if size > end - place:
            raise ValueError(f"{message.name} that is cut off")
        found.spans.setdefault(number, []).append((place, place + size))
        place += size
    return found


def unpacked(data: bytes, fields: Fields, number: int) -> list[int]:
    """Return a repeated number, whether it is written in one piece or one by one."""
    values = list(fields.numbers.get(number, ()))
    for begin, end in fields.spans.get(number, ()):
        place = begin
        while place < end:
            value, place = _varint(data, place, end)
            values.append(value)
            if len(values) > _MOST_FIELDS:
                raise ValueError(f"more than {_MOST_FIELDS:,} numbers in one field")
    return values


def _varint(data: bytes, place: int, end: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, the lowest first; return it and the place behind it."""
    if place < end and (value := data[place]) < 0x80:
        return value, place + 1
    value = 0
    for count, byte in enumerate(data[place : min(end, place + _LONGEST_VARINT)]):
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return value, place + count + 1
    raise ValueError("a number that does not end")
