"""The settings of a mapping, described once: the checker allows these, docs/mappings.md is made from them."""

from __future__ import annotations

TOP = {
    "title": "What the mapping is for, in words.",
    "kind": "What a row is: one of the kinds below. Required.",
    "source": "The name of the source in the keys of records; the file's name by default. The same source and key is the same record.",
    "key": "The columns that identify a row. Without them, or where they are all empty, all mapped cells together are the key.",
    "tell_apart": "Columns that tell rows with the same key apart, where the key alone is too coarse. Where the column that fills `kind` is among them, partners of different kinds are different partners.",
    "join_same": "`true`: a further row about a record that another row of the file describes adds its names and its further records to it, and what the first row said stands. Otherwise such a row is quarantined.",
    "complete": "`true`: the files of a load are all there is, and records of this source that they no longer have are marked as ended: what has an end date gets the day of the load, a status becomes `ended`, a planned contact is cancelled. Nothing is deleted. Without it such records are left alone.",
    "empty": "Texts that mean an empty cell, such as `NA` or `-`.",
    "file": "How the file is written.",
    "fields": "The fields of the record and how each is filled. Required.",
    "lookups": "Other files of the same load in which values are looked up.",
    "also": "A list of further records that a row makes, each with `kind` and `fields`. One whose required columns are empty is not made.",
}  # fmt: skip

FILE = {
    "sheet": "The one sheet to read. By default every visible sheet that has the columns is read.",
    "encoding": "For a file that is not UTF-8 or UTF-16, such as `cp1252`, `latin-1` or `mac_roman`.",
    "stray_bytes": "The encoding of single bytes that do not belong to `encoding`.",
    "delimiter": "The character between cells; by default the one of `, ; tab |` that fits the headings.",
    "quote": 'The quotation mark, `"` by default; `none` where it is a character like others.',
    "escape": "The character that stands before a quotation mark inside a cell, where it is not written twice.",
    "rows": "In nested records, the path of the list whose elements are the rows: `activities`, `hits.hits`. The fields of the record around it stand beside them.",
}  # fmt: skip

RULE = {
    "column": "The heading, or several that it may stand under. In nested records a path: `activities.date`.",
    "constant": "A value that every row has.",
    "else": "Columns that are taken where that one is empty.",
    "join": "Columns whose texts are put behind it, with ` · ` between them.",
    "dates": "How days are written: `D.M.YYYY`, `MM/DD/YYYY`, `YYYY-MM-DD`; `SERIAL` for the number of a day in a spreadsheet, `SERIAL1904` in one from an old Mac. Where two forms are given and a cell fits both, the load stops and asks.",
    "split": "What separates several values in a cell: characters, `lines`, `list` for `['A', 'B']`, `known-commas`, `known-slashes`.",
    "lookup": "`NAME.COLUMN`: each value is looked up in the other file NAME, and that column of the row found is taken.",
    "pick": "Which of several values is taken: `first`, `last`, `smallest` or `largest`.",
    "after_last": "What stands after the last of these characters is taken: `,` makes `Finland` of `Åland, Finland`.",
    "year_apart": "`true`: a year at the end is left out, `GCoM2022` becomes `GCoM`.",
    "prefix": "Text that is put before each value.",
    "values": "Pairs such as `toteutunut: held`.",
    "cut_off": "How a text ends that its source cut off, such as `...`. It becomes the one known name that begins so; without one, the row is quarantined.",
    "country": "For partners: the column of the country, or a rule like that of a field.",
    "kind": "For partners: the column of the kind, or a rule such as `{constant: city}`.",
    "required": "`true`: a row without it is quarantined.",
    "default": "The value of an empty cell.",
    "create": "What a record is made of whose name is not known; without it the row is quarantined. `id` and `part_of` may name columns: `mep-{epid}`.",
    "note": "A note for the template.",
    "example": "The template's example.",
}  # fmt: skip

LOOKUP = {
    "file": "The name of the other file, or a pattern: `targets*.json`. It is given in the same load. Required.",
    "key": "Its column in which values are found. Required.",
    "rows": "As under `file`.",
}

ALSO = {
    "kind": "What the further record is. Required.",
    "fields": "As above. Required.",
    "key": "The columns that identify it; by default those of the row and the value of `each`.",
    "each": 'A column: one record for each of its values. `{column: Members, split: ";"}` splits a cell.',
}
