"""What eduplat gives to Arrow, CSV and JSON lines, as pyarrow and Python's own readers take it.

usage: arrow_check.py LIBRARY
"""

import csv
import ctypes
import gc
import json
import pathlib
import sys
import tempfile
import unittest
from datetime import datetime, timedelta, timezone

import pyarrow as pa
import pyarrow.csv

# Sizes of the structures in the specification, for pointers of 64 bits.
SCHEMA_BYTES, ARRAY_BYTES, STREAM_BYTES = 72, 80, 40
TYPES = {
    "whole": pa.int64(),
    "real": pa.float64(),
    "text": pa.string(),
    "time": pa.timestamp("us", tz="UTC"),
}
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

# tests/unit/exporting/sample_tables.hpp, with times in microseconds since 1970
SAMPLE = {
    "whole": [0, -1, -(2**63), 2**63 - 1, None, 42],
    "real": [0.1, -1e300, 5e-324, None, 2.0, 1.0 / 3],
    "text": ["plain", 'a "quote", a comma', "two\r\nlines", "", None, "学习 \U0001f600 =1"],
    "time": [0, -1, 1772357400123456, -62167219200000000, 253402300799999999, None],
}
SAMPLE_TIMES = [
    "1970-01-01T00:00:00.000000Z",
    "1969-12-31T23:59:59.999999Z",
    "2026-03-01T09:30:00.123456Z",
    "0000-01-01T00:00:00.000000Z",
    "9999-12-31T23:59:59.999999Z",
    None,
]

library = None


def imported(fill, *arguments):
    """The reader of a stream that a function of the library fills."""
    memory = ctypes.create_string_buffer(STREAM_BYTES)
    fill(memory, *arguments)
    return pa.RecordBatchReader._import_from_c(ctypes.addressof(memory))


def stream(pieces, rows, fails=False):
    return imported(library.sample_stream, ctypes.c_int64(pieces), ctypes.c_int64(rows), ctypes.c_bool(fails))


def numbered(rows):
    """The rows of samples.cpp."""
    keep = lambda i, shift, value: value if (i + shift) % 7 else None
    return {
        "whole": [keep(i, 0, i * i) for i in range(rows)],
        "real": [keep(i, 1, i / 3) for i in range(rows)],
        "text": [keep(i, 2, f"row {i}") for i in range(rows)],
        "time": [keep(i, 3, EPOCH + timedelta(microseconds=i * 1000003)) for i in range(rows)],
    }


class Arrow(unittest.TestCase):
    def tearDown(self):
        gc.collect()
        self.assertEqual(library.sample_live_sources(), 0)

    def check_numbered(self, table, rows):
        """Tells the first values that differ: unittest takes minutes to tell all of them."""
        expected = numbered(rows)
        self.assertEqual(table.schema.names, list(expected))
        self.assertEqual(table.num_rows, rows)
        for name, values in expected.items():
            pairs = zip(table.column(name).to_pylist(), values, strict=True)
            self.assertEqual([(row, *pair) for row, pair in enumerate(pairs) if pair[0] != pair[1]][:3], [])

    def check_types(self, schema):
        self.assertEqual({field.name: field.type for field in schema}, TYPES)
        self.assertTrue(all(field.nullable for field in schema))

    def test_a_table_has_its_types_values_and_nulls(self):
        schema = ctypes.create_string_buffer(SCHEMA_BYTES)
        array = ctypes.create_string_buffer(ARRAY_BYTES)
        library.sample_table(schema, array)
        batch = pa.RecordBatch._import_from_c(ctypes.addressof(array), ctypes.addressof(schema))
        batch.validate(full=True)
        self.check_types(batch.schema)
        for name in ("whole", "real", "text"):
            self.assertEqual(batch.column(name).to_pylist(), SAMPLE[name])
            self.assertEqual(batch.column(name).null_count, 1)
        self.assertEqual(batch.column("time").cast(pa.int64()).to_pylist(), SAMPLE["time"])

    def test_a_stream_has_all_rows(self):
        reader = stream(10, 5000)
        self.check_types(reader.schema)
        batches = list(reader)
        self.assertEqual([batch.num_rows for batch in batches], [5000] * 10)
        table = pa.Table.from_batches(batches)
        table.validate(full=True)
        self.check_numbered(table, 50000)

    def test_streams_of_empty_tables(self):
        table = stream(2, 0).read_all()
        table.validate(full=True)
        self.check_types(table.schema)
        self.assertEqual(table.num_rows, 0)

    def test_batches_outlive_their_stream(self):
        reader = stream(3, 100)
        first = reader.read_next_batch()
        del reader
        gc.collect()
        self.assertEqual(library.sample_live_sources(), 0)
        self.check_numbered(first, 100)

    def test_an_error_of_the_source_reaches_the_reader(self):
        reader = stream(1, 10, fails=True)
        reader.read_next_batch()
        with self.assertRaisesRegex(OSError, "the log cannot be read"):
            reader.read_next_batch()

    def test_a_source_without_tables_is_an_error(self):
        with self.assertRaisesRegex((pa.ArrowInvalid, OSError), "empty"):
            stream(0, 0)


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        library.sample_files(folder.name.encode())

    def rows(self):
        times = dict(SAMPLE, time=SAMPLE_TIMES)
        return [dict(zip(times, values)) for values in zip(*times.values())]

    def test_csv_is_read_by_python(self):
        with open(self.folder / "sample.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file, strict=True))
        whole_or_text = lambda value: "" if value is None else str(value)
        for got, expected in zip(rows, self.rows(), strict=True):
            real = got.pop("real")
            self.assertEqual(float(real) if real else None, expected.pop("real"))
            self.assertEqual(got, {name: whole_or_text(value) for name, value in expected.items()})

    def test_json_lines_are_read_by_python(self):
        lines = (self.folder / "sample.jsonl").read_text(encoding="utf-8").split("\n")
        self.assertEqual(lines.pop(), "")
        self.assertEqual([json.loads(line) for line in lines], self.rows())

    def test_a_frame_is_the_same_by_arrow_and_by_csv(self):
        arrow = imported(library.sample_frame).read_all()
        self.assertEqual(arrow.num_rows, 20000)
        types = {name: arrow.schema.field(name).type for name in arrow.column_names}
        options = pa.csv.ConvertOptions(column_types=types, timestamp_parsers=[pa.csv.ISO8601])
        self.assertTrue(pa.csv.read_csv(self.folder / "frame.csv", convert_options=options).equals(arrow))
        self.assertGreater(arrow.column("lecture").null_count, arrow.column("course").null_count)


if __name__ == "__main__":
    library = ctypes.CDLL(sys.argv.pop(1))
    unittest.main(verbosity=2)
