-- Trained recommenders, of which the newest complete one serves. They know courses and what taking
-- one says about others; of learners they hold nothing. seq and journal_seq are the newest entries of
-- the logs when they were trained, options a digest of the host's options. The numbers of quality are
-- null where nothing could be measured.
CREATE TABLE recommender_models (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    uid               BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    complete          INTEGER NOT NULL CHECK (complete IN (0, 1)),
    format            INTEGER NOT NULL CHECK (format >= 1),
    tokenizer         INTEGER NOT NULL CHECK (tokenizer >= 0),
    options           BLOB NOT NULL CHECK (length(options) = 32),
    created_at        INTEGER NOT NULL,
    seq               INTEGER NOT NULL CHECK (seq >= 0),
    journal_seq       INTEGER NOT NULL CHECK (journal_seq >= 0),
    learners          INTEGER NOT NULL CHECK (learners >= 0),
    courses           INTEGER NOT NULL CHECK (courses >= 0),
    pairs             INTEGER NOT NULL CHECK (pairs >= 0),
    evaluated         INTEGER NOT NULL CHECK (evaluated >= 0),
    hr                REAL,
    recall            REAL,
    ndcg              REAL,
    coverage          REAL,
    popularity_hr     REAL,
    popularity_recall REAL,
    popularity_ndcg   REAL,
    CHECK ((evaluated = 0) = (hr IS NULL))
) STRICT;

-- The courses of a model by the numbers it knows them under. weight is what all learners together
-- did with a course.
CREATE TABLE recommender_courses (
    model_id  INTEGER NOT NULL REFERENCES recommender_models (id),
    item      INTEGER NOT NULL CHECK (item >= 0),
    course_id INTEGER NOT NULL REFERENCES courses (id),
    learners  INTEGER NOT NULL CHECK (learners >= 0),
    weight    REAL NOT NULL CHECK (weight >= 0),
    PRIMARY KEY (model_id, item)
) STRICT, WITHOUT ROWID;

-- The bytes of a model, cut into pieces.
CREATE TABLE recommender_chunks (
    model_id INTEGER NOT NULL REFERENCES recommender_models (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    bytes    BLOB NOT NULL,
    PRIMARY KEY (model_id, position)
) STRICT;
