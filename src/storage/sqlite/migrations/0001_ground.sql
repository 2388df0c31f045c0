-- What the school keeps for itself, such as the salt of its throttling keys.
CREATE TABLE school (
    key   TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Accounts. Roles are a sum of 1 learner, 2 teacher, 4 staff, 8 admin. Keys are folded for comparing.
CREATE TABLE users (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    uid           BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    source        TEXT,
    source_id     TEXT,
    state         TEXT NOT NULL CHECK (state IN ('invited', 'active', 'suspended', 'erased')),
    roles         INTEGER NOT NULL CHECK (roles BETWEEN 0 AND 15),
    display_name  TEXT NOT NULL,
    name_key      TEXT NOT NULL,
    email         TEXT,
    email_key     TEXT UNIQUE,
    password_hash TEXT,
    version       INTEGER NOT NULL CHECK (version >= 1),
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    UNIQUE (source, source_id),
    CHECK ((source IS NULL) = (source_id IS NULL)),
    CHECK ((email IS NULL) = (email_key IS NULL)),
    CHECK (state <> 'erased' OR (roles = 0 AND display_name = '' AND name_key = '' AND email IS NULL
                                 AND password_hash IS NULL AND source IS NULL))
) STRICT;
CREATE INDEX users_by_name ON users (name_key, id) WHERE state <> 'erased';
CREATE INDEX users_by_state ON users (state, name_key, id);
CREATE INDEX users_with_roles ON users (name_key, id) WHERE roles > 1;

-- The words by which members are found: tokens of their names and e-mail addresses.
CREATE TABLE user_terms (
    term    TEXT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id),
    PRIMARY KEY (term, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_terms_by_user ON user_terms (user_id);

-- Accounts at the host's own sign-in systems.
CREATE TABLE identities (
    issuer    TEXT NOT NULL,
    subject   TEXT NOT NULL,
    user_id   INTEGER NOT NULL REFERENCES users (id),
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_by_user ON identities (user_id);

-- A session ends at expires_at, which use moves forward but never past absolute_expires_at. A revoked
-- session is a deleted row; ids are never used twice.
CREATE TABLE sessions (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    uid                 BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    user_id             INTEGER NOT NULL REFERENCES users (id),
    token_hash          BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    label               TEXT NOT NULL,
    rotate              INTEGER NOT NULL CHECK (rotate IN (0, 1)),
    created_at          INTEGER NOT NULL,
    last_seen_at        INTEGER NOT NULL,
    expires_at          INTEGER NOT NULL,
    absolute_expires_at INTEGER NOT NULL,
    CHECK (expires_at <= absolute_expires_at)
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Single-use tokens that set a password.
CREATE TABLE password_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    user_id    INTEGER NOT NULL REFERENCES users (id),
    kind       TEXT NOT NULL CHECK (kind IN ('invitation', 'password_reset')),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX password_tokens_by_user ON password_tokens (user_id);
CREATE INDEX password_tokens_by_expiry ON password_tokens (expires_at);

-- Attempts at accounts' passwords, from sources, and requests to reset passwords, under salted hashes of
-- the names of accounts and sources.
CREATE TABLE throttles (
    kind           TEXT NOT NULL CHECK (kind IN ('account', 'source', 'reset')),
    key            BLOB NOT NULL CHECK (length(key) = 32),
    failures       INTEGER NOT NULL CHECK (failures >= 0),
    window_ends_at INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX throttles_by_end ON throttles (window_ends_at);

-- What learners say of themselves.
CREATE TABLE personas (
    user_id     INTEGER NOT NULL PRIMARY KEY REFERENCES users (id),
    age_band    TEXT,
    gender      TEXT,
    region      TEXT,
    occupation  TEXT,
    motivation  TEXT,
    budget_band TEXT,
    study_time  TEXT,
    pace        TEXT,
    media       TEXT,
    device      TEXT,
    version     INTEGER NOT NULL CHECK (version >= 1),
    updated_at  INTEGER NOT NULL
) STRICT;
CREATE TABLE persona_items (
    user_id  INTEGER NOT NULL REFERENCES personas (user_id),
    kind     TEXT NOT NULL CHECK (kind IN ('goal', 'interest')),
    position INTEGER NOT NULL CHECK (position >= 0),
    value    TEXT NOT NULL,
    PRIMARY KEY (user_id, kind, position)
) STRICT, WITHOUT ROWID;

-- Periodic work: when each job is next due, and until when one process has it.
CREATE TABLE jobs (
    name             TEXT NOT NULL PRIMARY KEY,
    due_at           INTEGER NOT NULL,
    leased_until     INTEGER,
    last_finished_at INTEGER,
    last_error       TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_by_due ON jobs (due_at);

-- Who did what to which object: audit log, outbox and change feed. It holds no personal detail;
-- that lies, erasable, in journal_details, with the salt of the entry's digest.
CREATE TABLE journal (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    actor_kind  TEXT NOT NULL CHECK (actor_kind IN ('guest', 'user', 'system')),
    actor_uid   BLOB CHECK (length(actor_uid) = 16),
    action      TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_uid  BLOB NOT NULL CHECK (length(object_uid) = 16),
    digest      BLOB CHECK (length(digest) = 32),
    CHECK ((actor_kind = 'user') = (actor_uid IS NOT NULL))
) STRICT;
CREATE INDEX journal_by_object ON journal (object_uid, seq);
CREATE INDEX journal_by_actor ON journal (actor_uid, seq);
CREATE TRIGGER journal_is_append_only_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_append_only_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TABLE journal_details (
    seq     INTEGER NOT NULL PRIMARY KEY REFERENCES journal (seq),
    user_id INTEGER NOT NULL REFERENCES users (id),
    salt    BLOB NOT NULL CHECK (length(salt) = 16),
    detail  TEXT NOT NULL
) STRICT;
CREATE INDEX journal_details_by_user ON journal_details (user_id);
