#pragma once

#include <eduplat/exporting/sink.hpp>

#include <cstdint>

// The structures of the Arrow specification, "C data interface" and "C stream interface". Its own
// guards let a host include Arrow's headers too.
extern "C" {

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    char const* format;
    char const* name;
    char const* metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema** children;
    struct ArrowSchema* dictionary;
    void (*release)(struct ArrowSchema*);
    void* private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    void const** buffers;
    struct ArrowArray** children;
    struct ArrowArray* dictionary;
    void (*release)(struct ArrowArray*);
    void* private_data;
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
    int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
    char const* (*get_last_error)(struct ArrowArrayStream*);
    void (*release)(struct ArrowArrayStream*);
    void* private_data;
};

#endif
}

namespace eduplat::exporting {

/// Gives a table to a program that reads Arrow, without a copy of its numbers and times: a struct
/// of a child for each column, which is a record batch. Integers are int64, reals float64, times
/// timestamp[us, UTC], texts utf8, or large_utf8 from 2 GiB in a column. What is absent is null.
///
/// `schema` and `array` are filled, whatever they held, and then belong to the reader, who calls
/// their release, in any thread, or moves them on, as the specification says. Nothing is filled if
/// this throws. Errors: as every exporter's.
void export_table(analytics::Table table, ArrowSchema* schema, ArrowArray* array);

/// Gives a source of tables to a program that reads Arrow, which asks for them one at a time. Texts
/// are utf8. The source is called in the reader's thread, and goes with the stream's release.
///
/// What goes wrong the reader learns from the stream: EINVAL (an error of a table, other columns
/// than before, a text column of 2 GiB), ENOMEM, or EIO (whatever else the source throws), with the
/// words in get_last_error; from then on the stream gives the same error.
void export_stream(TableSource source, ArrowArrayStream* stream);

}  // namespace eduplat::exporting
