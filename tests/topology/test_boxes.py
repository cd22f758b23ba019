"""Sets of packets, checked packet by packet."""

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.topology.boxes import (
    ALL_ADDRESSES,
    ALL_PORTS,
    ALL_PROTOCOLS,
    Box,
    Range,
    address_range,
    intersect,
    text_of,
    without_all,
)

Packet = tuple[int, int, int]


def ranges(top: int) -> st.SearchStrategy[Range]:
    return st.tuples(st.integers(0, top), st.integers(0, top)).map(lambda pair: (min(pair), max(pair)))


BOXES = st.builds(Box, ranges(3), ranges(6), ranges(6))
PACKETS = st.tuples(st.integers(0, 3), st.integers(0, 6), st.integers(0, 6))


def holds(box: Box, packet: Packet) -> bool:
    return all(low <= value <= high for (low, high), value in zip(box, packet, strict=True))


@given(BOXES, BOXES, PACKETS)
def test_an_intersection_holds_what_both_hold(one: Box, other: Box, packet: Packet) -> None:
    """And nothing else."""
    common = intersect(one, other)

    assert (common is not None and holds(common, packet)) == (holds(one, packet) and holds(other, packet))


@given(BOXES, st.lists(BOXES, max_size=5), PACKETS)
def test_what_is_cut_away_is_gone_and_the_rest_stays(box: Box, cuts: list[Box], packet: Packet) -> None:
    """However many cuts overlap."""
    rest = without_all([box], cuts)

    expected = holds(box, packet) and not any(holds(cut, packet) for cut in cuts)
    assert any(holds(each, packet) for each in rest) == expected


@given(BOXES, st.lists(BOXES, max_size=5), PACKETS)
def test_no_packet_is_in_two_pieces_of_a_rest(box: Box, cuts: list[Box], packet: Packet) -> None:
    """So that reports do not say the same thing twice."""
    assert sum(holds(each, packet) for each in without_all([box], cuts)) <= 1


def test_packets_are_told_in_the_words_of_security_groups() -> None:
    """Protocol, ports and range."""
    tcp = Box((6, 6), address_range("10.0.0.0/19"), (443, 443))
    anything = Box(ALL_PROTOCOLS, ALL_ADDRESSES, ALL_PORTS)

    assert text_of([tcp], "from") == "tcp 443 from 10.0.0.0/19"
    assert text_of([anything], "to") == "all protocols to anywhere"
