"""Packed columns answer as the dicts and lists that they stand for would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.packed import HashIndex, Postings
from store.records import Company, company_of

hashes = st.one_of(st.integers(0, 5), st.integers(0, 2**64 - 1), st.sampled_from([0, 2**63, 2**64 - 1, 1 << 40]))


@given(st.lists(hashes, max_size=200))
def test_rows_of_a_hash_are_found_in_their_order(keys: list[int]) -> None:
    places = np.arange(len(keys), dtype=np.uint32)
    index = HashIndex(np.array(keys, dtype=np.uint64), places, places + np.uint32(7))
    for key in {*keys, 3, 2**64 - 5}:
        begin, end = index.rows(key)
        found = list(index.find(key))
        # hashes that differ in lower bits only may share rows: the caller compares again
        assert [place for place in found if keys[place] == key] == [place for place, other in enumerate(keys) if other == key]
        assert list(index.columns[1][begin:end]) == [place + 7 for place in found]
    assert list(HashIndex(np.array([9, 4], dtype=np.uint64)).find(12345678901234567890)) == []


def test_hashes_of_other_upper_bits_do_not_meet() -> None:
    keys = [number << 40 for number in range(1, 3000)]
    index = HashIndex(np.array(keys, dtype=np.uint64))
    assert all(list(index.find(key)) == [place] for place, key in enumerate(keys))
    assert list(index.find(3001 << 40)) == []


def test_postings_are_the_names_of_each_token() -> None:
    tokens, starts = np.array([2, 0, 2, 1, 2], dtype=np.int32), np.array([0, 2, 4, 5], dtype=np.int64)
    postings = Postings(tokens, starts, 4)
    assert [postings[token].tolist() for token in range(5)] == [[0], [1], [0, 1, 2], [], []]
    assert [postings.count(token) for token in range(5)] == [1, 1, 3, 0, 0]


def test_a_company_made_from_a_row_is_the_same_company() -> None:
    given_fields = {"name": "Larkspur Works", "id": "a1", "aliases": ("Vane",), "employees": 12}
    assert company_of(given_fields) == Company(**given_fields)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="emploees"):
        company_of({"id": "a1", "name": "Larkspur Works", "emploees": 12})
