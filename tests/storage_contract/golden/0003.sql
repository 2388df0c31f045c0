CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL,applied_at INTEGER NOT NULL) STRICT;
CREATE TABLE school (
    key   TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
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
CREATE TABLE user_terms (
    term    TEXT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id),
    PRIMARY KEY (term, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_terms_by_user ON user_terms (user_id);
CREATE TABLE identities (
    issuer    TEXT NOT NULL,
    subject   TEXT NOT NULL,
    user_id   INTEGER NOT NULL REFERENCES users (id),
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_by_user ON identities (user_id);
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
CREATE TABLE password_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    user_id    INTEGER NOT NULL REFERENCES users (id),
    kind       TEXT NOT NULL CHECK (kind IN ('invitation', 'password_reset')),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX password_tokens_by_user ON password_tokens (user_id);
CREATE INDEX password_tokens_by_expiry ON password_tokens (expires_at);
CREATE TABLE throttles (
    kind           TEXT NOT NULL CHECK (kind IN ('account', 'source', 'reset')),
    key            BLOB NOT NULL CHECK (length(key) = 32),
    failures       INTEGER NOT NULL CHECK (failures >= 0),
    window_ends_at INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX throttles_by_end ON throttles (window_ends_at);
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
CREATE TABLE jobs (
    name             TEXT NOT NULL PRIMARY KEY,
    due_at           INTEGER NOT NULL,
    leased_until     INTEGER,
    last_finished_at INTEGER,
    last_error       TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_by_due ON jobs (due_at);
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
CREATE TABLE courses (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    uid                BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    source             TEXT,
    source_id          TEXT,
    slug               TEXT NOT NULL UNIQUE,
    state              TEXT NOT NULL CHECK (state IN ('draft', 'in_review', 'published', 'archived', 'removed')),
    language           TEXT NOT NULL,
    level              TEXT CHECK (level IN ('beginner', 'intermediate', 'advanced')),
    certificate        INTEGER NOT NULL CHECK (certificate IN (0, 1)),
    lectures_needed    INTEGER CHECK (lectures_needed >= 1),
    edition            INTEGER NOT NULL CHECK (edition >= 0),
    publication_id     INTEGER REFERENCES publications (id),
    version            INTEGER NOT NULL CHECK (version >= 1),
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    published_at       INTEGER,
    UNIQUE (source, source_id),
    CHECK ((source IS NULL) = (source_id IS NULL)),
    CHECK ((edition = 0) = (publication_id IS NULL)),
    CHECK (state IN ('draft', 'in_review', 'removed') = (publication_id IS NULL))
) STRICT;
CREATE INDEX courses_by_publication ON courses (state, published_at, id);
CREATE INDEX courses_by_state ON courses (state, id);
CREATE TABLE course_texts (
    course_id INTEGER NOT NULL REFERENCES courses (id),
    language  TEXT NOT NULL,
    title     TEXT NOT NULL,
    summary   TEXT NOT NULL,
    PRIMARY KEY (course_id, language)
) STRICT, WITHOUT ROWID;
CREATE TABLE course_labels (
    course_id INTEGER NOT NULL REFERENCES courses (id),
    kind      TEXT NOT NULL CHECK (kind IN ('tag', 'concept')),
    label     TEXT NOT NULL,
    PRIMARY KEY (course_id, kind, label)
) STRICT, WITHOUT ROWID;
CREATE INDEX course_labels_by_label ON course_labels (kind, label, course_id);
CREATE TABLE course_prices (
    course_id    INTEGER NOT NULL REFERENCES courses (id),
    currency     TEXT NOT NULL CHECK (length(currency) = 3),
    period_days  INTEGER NOT NULL CHECK (period_days >= 0),
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 1),
    PRIMARY KEY (course_id, currency, period_days)
) STRICT, WITHOUT ROWID;
CREATE TABLE course_teachers (
    course_id INTEGER NOT NULL REFERENCES courses (id),
    user_id   INTEGER NOT NULL REFERENCES users (id),
    position  INTEGER NOT NULL CHECK (position >= 0),
    share     INTEGER NOT NULL CHECK (share >= 0),
    PRIMARY KEY (course_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX course_teachers_by_user ON course_teachers (user_id, course_id);
CREATE TABLE course_prerequisites (
    course_id          INTEGER NOT NULL REFERENCES courses (id),
    required_course_id INTEGER NOT NULL REFERENCES courses (id),
    created_at         INTEGER NOT NULL,
    PRIMARY KEY (course_id, required_course_id),
    CHECK (course_id <> required_course_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX course_prerequisites_by_required ON course_prerequisites (required_course_id, course_id);
CREATE TABLE course_seats (
    course_id INTEGER NOT NULL PRIMARY KEY REFERENCES courses (id),
    capacity  INTEGER CHECK (capacity >= 1),
    taken     INTEGER NOT NULL CHECK (taken >= 0),
    CHECK (capacity IS NULL OR taken <= capacity)
) STRICT;
CREATE TABLE sections (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    uid       BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    source    TEXT,
    source_id TEXT,
    course_id INTEGER NOT NULL REFERENCES courses (id),
    position  INTEGER CHECK (position >= 0),
    version   INTEGER NOT NULL CHECK (version >= 1),
    UNIQUE (source, source_id),
    CHECK ((source IS NULL) = (source_id IS NULL))
) STRICT;
CREATE INDEX sections_by_course ON sections (course_id, position);
CREATE TABLE section_texts (
    section_id INTEGER NOT NULL REFERENCES sections (id),
    language   TEXT NOT NULL,
    title      TEXT NOT NULL,
    PRIMARY KEY (section_id, language)
) STRICT, WITHOUT ROWID;
CREATE TABLE lectures (
    id                   INTEGER PRIMARY KEY AUTOINCREMENT,
    uid                  BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    source               TEXT,
    source_id            TEXT,
    course_id            INTEGER NOT NULL REFERENCES courses (id),
    section_id           INTEGER REFERENCES sections (id),
    position             INTEGER CHECK (position >= 0),
    draft_version_id     INTEGER NOT NULL REFERENCES lecture_versions (id) DEFERRABLE INITIALLY DEFERRED,
    published_version_id INTEGER REFERENCES lecture_versions (id),
    preview              INTEGER NOT NULL CHECK (preview IN (0, 1)),
    required             INTEGER NOT NULL CHECK (required IN (0, 1)),
    completion           TEXT NOT NULL CHECK (completion IN ('opened', 'covered', 'marked')),
    completion_percent   INTEGER NOT NULL CHECK (completion_percent BETWEEN 0 AND 100),
    release              TEXT NOT NULL CHECK (release IN ('at_once', 'at', 'after_enrollment', 'after_previous')),
    release_at           INTEGER,
    release_days         INTEGER NOT NULL CHECK (release_days >= 0),
    version              INTEGER NOT NULL CHECK (version >= 1),
    created_at           INTEGER NOT NULL,
    updated_at           INTEGER NOT NULL,
    UNIQUE (source, source_id),
    CHECK ((source IS NULL) = (source_id IS NULL)),
    CHECK ((release = 'at') = (release_at IS NOT NULL))
) STRICT;
CREATE INDEX lectures_by_course ON lectures (course_id, section_id, position);
CREATE INDEX lectures_by_draft ON lectures (draft_version_id);
CREATE TABLE lecture_prerequisites (
    lecture_id          INTEGER NOT NULL REFERENCES lectures (id),
    required_lecture_id INTEGER NOT NULL REFERENCES lectures (id),
    PRIMARY KEY (lecture_id, required_lecture_id),
    CHECK (lecture_id <> required_lecture_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX lecture_prerequisites_by_required ON lecture_prerequisites (required_lecture_id, lecture_id);
CREATE TABLE lecture_versions (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    uid         BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    lecture_id  INTEGER NOT NULL REFERENCES lectures (id) DEFERRABLE INITIALLY DEFERRED,
    number      INTEGER NOT NULL CHECK (number >= 1),
    author_id   INTEGER REFERENCES users (id),
    videos      INTEGER NOT NULL CHECK (videos >= 0),
    audios      INTEGER NOT NULL CHECK (audios >= 0),
    texts       INTEGER NOT NULL CHECK (texts >= 0),
    files       INTEGER NOT NULL CHECK (files >= 0),
    embeds      INTEGER NOT NULL CHECK (embeds >= 0),
    duration_ms INTEGER NOT NULL CHECK (duration_ms >= 0),
    created_at  INTEGER NOT NULL,
    UNIQUE (lecture_id, number)
) STRICT;
CREATE INDEX lecture_versions_by_author ON lecture_versions (author_id, id) WHERE author_id IS NOT NULL;
CREATE TRIGGER lecture_versions_are_immutable BEFORE UPDATE ON lecture_versions
BEGIN SELECT RAISE(ABORT, 'versions of lectures are immutable'); END;
CREATE TABLE lecture_texts (
    version_id INTEGER NOT NULL REFERENCES lecture_versions (id),
    language   TEXT NOT NULL,
    title      TEXT NOT NULL,
    PRIMARY KEY (version_id, language)
) STRICT, WITHOUT ROWID;
CREATE TABLE lecture_concepts (
    version_id INTEGER NOT NULL REFERENCES lecture_versions (id),
    concept    TEXT NOT NULL,
    PRIMARY KEY (version_id, concept)
) STRICT, WITHOUT ROWID;
CREATE TABLE lecture_items (
    version_id  INTEGER NOT NULL REFERENCES lecture_versions (id),
    position    INTEGER NOT NULL CHECK (position >= 0),
    kind        TEXT NOT NULL CHECK (kind IN ('video', 'audio', 'text', 'file', 'embed')),
    address     TEXT NOT NULL,
    name        TEXT NOT NULL,
    media_type  TEXT NOT NULL,
    size_bytes  INTEGER NOT NULL CHECK (size_bytes >= 0),
    duration_ms INTEGER NOT NULL CHECK (duration_ms >= 0),
    media       BLOB CHECK (length(media) = 16),
    PRIMARY KEY (version_id, position),
    CHECK ((kind IN ('video', 'audio')) = (media IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE TABLE lecture_item_texts (
    version_id INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    language   TEXT NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (version_id, position, language),
    FOREIGN KEY (version_id, position) REFERENCES lecture_items (version_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE publications (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    uid             BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    course_id       INTEGER NOT NULL REFERENCES courses (id),
    edition         INTEGER NOT NULL CHECK (edition >= 1),
    kind            TEXT NOT NULL CHECK (kind IN ('correction', 'edition')),
    restored_id     INTEGER REFERENCES publications (id),
    lectures_needed INTEGER CHECK (lectures_needed >= 1),
    publisher_id    INTEGER REFERENCES users (id),
    note            TEXT NOT NULL,
    at              INTEGER NOT NULL
) STRICT;
CREATE INDEX publications_by_course ON publications (course_id, id);
CREATE INDEX publications_by_publisher ON publications (publisher_id, id) WHERE publisher_id IS NOT NULL;
CREATE TABLE publication_lectures (
    publication_id     INTEGER NOT NULL REFERENCES publications (id),
    position           INTEGER NOT NULL CHECK (position >= 0),
    lecture_id         INTEGER NOT NULL REFERENCES lectures (id),
    version_id         INTEGER NOT NULL REFERENCES lecture_versions (id),
    section_id         INTEGER REFERENCES sections (id),
    preview            INTEGER NOT NULL CHECK (preview IN (0, 1)),
    required           INTEGER NOT NULL CHECK (required IN (0, 1)),
    completion         TEXT NOT NULL CHECK (completion IN ('opened', 'covered', 'marked')),
    completion_percent INTEGER NOT NULL CHECK (completion_percent BETWEEN 0 AND 100),
    release            TEXT NOT NULL CHECK (release IN ('at_once', 'at', 'after_enrollment', 'after_previous')),
    release_at         INTEGER,
    release_days       INTEGER NOT NULL CHECK (release_days >= 0),
    prerequisites      INTEGER NOT NULL CHECK (prerequisites >= 0),
    PRIMARY KEY (publication_id, position),
    UNIQUE (publication_id, lecture_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX publication_lectures_by_lecture ON publication_lectures (lecture_id, publication_id);
CREATE INDEX publication_lectures_previews ON publication_lectures (lecture_id, publication_id) WHERE preview = 1;
CREATE TABLE publication_prerequisites (
    publication_id      INTEGER NOT NULL REFERENCES publications (id),
    lecture_id          INTEGER NOT NULL REFERENCES lectures (id),
    required_lecture_id INTEGER NOT NULL REFERENCES lectures (id),
    PRIMARY KEY (publication_id, lecture_id, required_lecture_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE editions (
    course_id      INTEGER NOT NULL REFERENCES courses (id),
    edition        INTEGER NOT NULL CHECK (edition >= 1),
    publication_id INTEGER NOT NULL REFERENCES publications (id),
    PRIMARY KEY (course_id, edition)
) STRICT, WITHOUT ROWID;
CREATE TABLE reviews (
    course_id  INTEGER NOT NULL REFERENCES courses (id),
    user_id    INTEGER NOT NULL REFERENCES users (id),
    rating     INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
    body       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (course_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reviews_by_time ON reviews (course_id, created_at, user_id);
CREATE INDEX reviews_by_user ON reviews (user_id, course_id);
CREATE TABLE course_ratings (
    course_id INTEGER NOT NULL PRIMARY KEY REFERENCES courses (id),
    reviews   INTEGER NOT NULL CHECK (reviews >= 0),
    stars     INTEGER NOT NULL CHECK (stars BETWEEN reviews AND reviews * 5)
) STRICT;
CREATE TABLE search_documents (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    course_id  INTEGER NOT NULL REFERENCES courses (id),
    lecture_id INTEGER REFERENCES lectures (id),
    segmenter  INTEGER NOT NULL,
    title      TEXT NOT NULL,
    summary    TEXT NOT NULL,
    body       TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX search_documents_by_object ON search_documents (course_id, coalesce(lecture_id, 0));
CREATE INDEX search_documents_by_segmenter ON search_documents (segmenter, id);
CREATE VIRTUAL TABLE search USING fts5 (title, summary, body, content = '', tokenize = 'ascii');
CREATE TABLE orders (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    uid             BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    user_id         INTEGER NOT NULL REFERENCES users (id),
    state           TEXT NOT NULL CHECK (state IN ('open', 'paid', 'fulfilled', 'fulfillment_error',
                                                   'canceled', 'expired', 'refunded')),
    currency        TEXT NOT NULL CHECK (length(currency) = 3),
    total_minor     INTEGER NOT NULL CHECK (total_minor >= 1),
    seat_held       INTEGER NOT NULL CHECK (seat_held IN (0, 1)),
    hold_until      INTEGER NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_digest  BLOB NOT NULL CHECK (length(request_digest) = 32),
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    UNIQUE (user_id, idempotency_key)
) STRICT;
CREATE INDEX orders_by_hold ON orders (hold_until, id) WHERE state = 'open';
CREATE TABLE order_lines (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id    INTEGER NOT NULL REFERENCES orders (id),
    position    INTEGER NOT NULL CHECK (position >= 0),
    course_id   INTEGER NOT NULL REFERENCES courses (id),
    period_days INTEGER NOT NULL CHECK (period_days >= 0),
    net_minor   INTEGER NOT NULL CHECK (net_minor >= 0),
    tax_minor   INTEGER NOT NULL CHECK (tax_minor >= 0),
    fee_minor   INTEGER NOT NULL CHECK (fee_minor BETWEEN 0 AND net_minor),
    UNIQUE (order_id, position)
) STRICT;
CREATE INDEX order_lines_by_course ON order_lines (course_id, id);
CREATE TABLE order_line_shares (
    line_id INTEGER NOT NULL REFERENCES order_lines (id),
    user_id INTEGER NOT NULL REFERENCES users (id),
    share   INTEGER NOT NULL CHECK (share >= 1),
    PRIMARY KEY (line_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_line_shares_by_user ON order_line_shares (user_id, line_id);
CREATE TABLE enrollments (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    uid          BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    source       TEXT,
    source_id    TEXT,
    user_id      INTEGER NOT NULL REFERENCES users (id),
    course_id    INTEGER NOT NULL REFERENCES courses (id),
    state        TEXT NOT NULL CHECK (state IN ('pending', 'active', 'completed', 'suspended', 'revoked')),
    edition      INTEGER NOT NULL CHECK (edition >= 1),
    holds_seat   INTEGER NOT NULL CHECK (holds_seat IN (0, 1)),
    seat_until   INTEGER,
    activated_at INTEGER,
    completed_at INTEGER,
    version      INTEGER NOT NULL CHECK (version >= 1),
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    UNIQUE (user_id, course_id),
    UNIQUE (source, source_id),
    CHECK ((source IS NULL) = (source_id IS NULL)),
    CHECK (holds_seat = 0 OR state <> 'revoked'),
    CHECK (holds_seat = 1 OR seat_until IS NULL)
) STRICT;
CREATE INDEX enrollments_by_course ON enrollments (course_id, id);
CREATE INDEX enrollments_by_seat_end ON enrollments (seat_until, id) WHERE seat_until IS NOT NULL;
CREATE INDEX enrollments_by_course_state ON enrollments (course_id, state, id);
CREATE TABLE enrollment_history (
    enrollment_id INTEGER NOT NULL REFERENCES enrollments (id),
    number        INTEGER NOT NULL CHECK (number >= 1),
    at            INTEGER NOT NULL,
    from_state    TEXT,
    to_state      TEXT NOT NULL,
    cause         TEXT NOT NULL,
    actor_kind    TEXT NOT NULL CHECK (actor_kind IN ('guest', 'user', 'system')),
    actor_uid     BLOB CHECK (length(actor_uid) = 16),
    PRIMARY KEY (enrollment_id, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER enrollment_history_is_append_only_update BEFORE UPDATE ON enrollment_history
BEGIN SELECT RAISE(ABORT, 'the history of enrollments is append-only'); END;
CREATE TRIGGER enrollment_history_is_append_only_delete BEFORE DELETE ON enrollment_history
BEGIN SELECT RAISE(ABORT, 'the history of enrollments is append-only'); END;
CREATE TABLE grants (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    uid           BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    enrollment_id INTEGER NOT NULL REFERENCES enrollments (id),
    kind          TEXT NOT NULL CHECK (kind IN ('purchase', 'gift', 'staff', 'free', 'import')),
    line_id       INTEGER UNIQUE REFERENCES order_lines (id),
    starts_at     INTEGER NOT NULL,
    ends_at       INTEGER,
    revoked_at    INTEGER,
    created_at    INTEGER NOT NULL,
    CHECK (ends_at IS NULL OR ends_at > starts_at),
    CHECK ((kind = 'purchase') = (line_id IS NOT NULL))
) STRICT;
CREATE INDEX grants_by_enrollment ON grants (enrollment_id, id);
CREATE TABLE payments (
    id                   INTEGER PRIMARY KEY AUTOINCREMENT,
    uid                  BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    order_id             INTEGER NOT NULL UNIQUE REFERENCES orders (id),
    user_id              INTEGER NOT NULL REFERENCES users (id),
    gateway              TEXT NOT NULL,
    description          TEXT NOT NULL,
    payer                TEXT NOT NULL,
    return_url           TEXT NOT NULL,
    state                TEXT NOT NULL CHECK (state IN ('created', 'requires_action', 'processing', 'authorized',
                                                        'captured', 'failed', 'canceled', 'expired', 'conflicted')),
    currency             TEXT NOT NULL CHECK (length(currency) = 3),
    amount_minor         INTEGER NOT NULL CHECK (amount_minor >= 1),
    authorized_minor     INTEGER NOT NULL CHECK (authorized_minor BETWEEN 0 AND amount_minor),
    captured_minor       INTEGER NOT NULL CHECK (captured_minor BETWEEN 0 AND authorized_minor),
    refund_pending_minor INTEGER NOT NULL CHECK (refund_pending_minor >= 0),
    refunded_minor       INTEGER NOT NULL CHECK (refunded_minor >= 0),
    lost_minor           INTEGER NOT NULL CHECK (lost_minor >= 0),
    dispute              TEXT NOT NULL CHECK (dispute IN ('none', 'open', 'won', 'lost')),
    conflict             TEXT NOT NULL,
    failure              TEXT NOT NULL,
    version              INTEGER NOT NULL CHECK (version >= 1),
    created_at           INTEGER NOT NULL,
    updated_at           INTEGER NOT NULL,
    captured_at          INTEGER,
    CHECK (refunded_minor + lost_minor + refund_pending_minor <= captured_minor)
) STRICT;
CREATE INDEX payments_by_user ON payments (user_id, id);
CREATE INDEX payments_by_state ON payments (state, id);
CREATE INDEX payments_in_conflict ON payments (id) WHERE conflict <> '';
CREATE TABLE payment_attempts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    payment_id  INTEGER NOT NULL REFERENCES payments (id),
    number      INTEGER NOT NULL CHECK (number >= 1),
    reference   TEXT NOT NULL UNIQUE,
    state       TEXT NOT NULL CHECK (state IN ('init', 'sent', 'succeeded', 'declined', 'unknown')),
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    check_at    INTEGER,
    asked       INTEGER NOT NULL CHECK (asked >= 0),
    UNIQUE (payment_id, number)
) STRICT;
CREATE INDEX payment_attempts_by_check ON payment_attempts (check_at, id) WHERE check_at IS NOT NULL;
CREATE TABLE gateway_facts (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    payment_id     INTEGER NOT NULL REFERENCES payments (id),
    kind           TEXT NOT NULL,
    reference      TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    charge_id      TEXT NOT NULL,
    amount_minor   INTEGER NOT NULL,
    currency       TEXT NOT NULL,
    conflict       TEXT NOT NULL CHECK (conflict IN ('', 'amount', 'currency', 'merchant', 'payment',
                                                       'transaction')),
    reason         TEXT NOT NULL,
    received_at    INTEGER NOT NULL,
    UNIQUE (payment_id, kind, reference, transaction_id, charge_id, amount_minor, currency, conflict)
) STRICT;
CREATE INDEX gateway_facts_by_transaction ON gateway_facts (transaction_id, payment_id)
    WHERE kind = 'captured' AND conflict = '';
CREATE TABLE refunds (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    uid             BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    payment_id      INTEGER NOT NULL REFERENCES payments (id),
    attempt_id      INTEGER NOT NULL REFERENCES payment_attempts (id),
    charge_id       TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('requested', 'pending', 'succeeded', 'failed')),
    cause           TEXT NOT NULL CHECK (cause IN ('asked', 'unfulfilled', 'surplus', 'gateway')),
    amount_minor    INTEGER NOT NULL CHECK (amount_minor >= 1),
    reason          TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_digest  BLOB NOT NULL CHECK (length(request_digest) = 32),
    reference       TEXT NOT NULL UNIQUE,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    check_at        INTEGER,
    asked           INTEGER NOT NULL CHECK (asked >= 0),
    UNIQUE (payment_id, idempotency_key)
) STRICT;
CREATE INDEX refunds_by_check ON refunds (check_at, id) WHERE check_at IS NOT NULL;
CREATE TABLE revocations (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    uid        BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    line_id    INTEGER NOT NULL UNIQUE REFERENCES order_lines (id),
    cause      TEXT NOT NULL CHECK (cause IN ('asked', 'refund')),
    state      TEXT NOT NULL CHECK (state IN ('requested', 'done', 'refused')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX revocations_by_state ON revocations (state, id);
CREATE TABLE ledger_accounts (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL CHECK (kind IN ('gateway', 'platform_fees', 'tax_payable', 'teacher_payable',
                                          'buyer_payable', 'disputed')),
    owner   TEXT NOT NULL,
    user_id INTEGER REFERENCES users (id),
    UNIQUE (kind, owner)
) STRICT;
CREATE TABLE ledger_transfers (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    uid        BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    key        TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    payment_id INTEGER NOT NULL REFERENCES payments (id),
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX ledger_transfers_by_payment ON ledger_transfers (payment_id, id);
CREATE TABLE ledger_postings (
    transfer_id  INTEGER NOT NULL REFERENCES ledger_transfers (id),
    position     INTEGER NOT NULL CHECK (position >= 0),
    account_id   INTEGER NOT NULL REFERENCES ledger_accounts (id),
    currency     TEXT NOT NULL CHECK (length(currency) = 3),
    amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
    PRIMARY KEY (transfer_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_postings_by_account ON ledger_postings (account_id, transfer_id);
CREATE TRIGGER ledger_postings_are_append_only_update BEFORE UPDATE ON ledger_postings
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_postings_are_append_only_delete BEFORE DELETE ON ledger_postings
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_transfers_are_append_only_update BEFORE UPDATE ON ledger_transfers
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_transfers_are_append_only_delete BEFORE DELETE ON ledger_transfers
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TABLE ledger_balances (
    account_id    INTEGER NOT NULL REFERENCES ledger_accounts (id),
    currency      TEXT NOT NULL CHECK (length(currency) = 3),
    balance_minor INTEGER NOT NULL,
    PRIMARY KEY (account_id, currency)
) STRICT, WITHOUT ROWID;
CREATE TABLE learning_batches (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id),
    key     TEXT NOT NULL,
    digest  BLOB NOT NULL CHECK (length(digest) = 32),
    at      INTEGER NOT NULL,
    answer  BLOB NOT NULL,
    UNIQUE (user_id, key)
) STRICT;
CREATE TABLE learning_imports (
    key    TEXT NOT NULL,
    chunk  INTEGER NOT NULL CHECK (chunk >= 0),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    at     INTEGER NOT NULL,
    PRIMARY KEY (key, chunk)
) STRICT, WITHOUT ROWID;
CREATE TABLE learning_events (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    at            INTEGER NOT NULL,
    client_at     INTEGER,
    user_id       INTEGER REFERENCES users (id),
    course_id     INTEGER REFERENCES courses (id),
    lecture_id    INTEGER REFERENCES lectures (id),
    enrollment_id INTEGER REFERENCES enrollments (id),
    kind          INTEGER NOT NULL CHECK (kind >= 1),
    item          INTEGER,
    a             INTEGER,
    b             INTEGER,
    c             INTEGER
) STRICT;
CREATE INDEX learning_events_by_user ON learning_events (user_id, seq);
CREATE TRIGGER learning_events_are_append_only_update BEFORE UPDATE ON learning_events
BEGIN SELECT RAISE(ABORT, 'the log of learning is append-only'); END;
CREATE TRIGGER learning_events_are_append_only_delete BEFORE DELETE ON learning_events
BEGIN SELECT RAISE(ABORT, 'the log of learning is append-only'); END;
CREATE TABLE learning_details (
    seq     INTEGER NOT NULL PRIMARY KEY REFERENCES learning_events (seq),
    user_id INTEGER NOT NULL REFERENCES users (id),
    detail  TEXT NOT NULL
) STRICT;
CREATE INDEX learning_details_by_user ON learning_details (user_id);
CREATE TABLE viewing_sessions (
    user_id     INTEGER NOT NULL PRIMARY KEY REFERENCES users (id),
    opened_at   INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    credited_ms INTEGER NOT NULL CHECK (credited_ms >= 0)
) STRICT;
CREATE TABLE media_progress (
    enrollment_id INTEGER NOT NULL REFERENCES enrollments (id),
    media         BLOB NOT NULL CHECK (length(media) = 16),
    coverage      BLOB NOT NULL,
    covered_ms    INTEGER NOT NULL CHECK (covered_ms >= 0),
    PRIMARY KEY (enrollment_id, media)
) STRICT, WITHOUT ROWID;
CREATE TABLE lecture_progress (
    enrollment_id INTEGER NOT NULL REFERENCES enrollments (id),
    lecture_id    INTEGER NOT NULL REFERENCES lectures (id),
    opens         INTEGER NOT NULL CHECK (opens >= 0),
    first_at      INTEGER NOT NULL,
    last_at       INTEGER NOT NULL,
    item          INTEGER,
    position_ms   INTEGER,
    marked        INTEGER NOT NULL CHECK (marked IN (0, 1)),
    completed_at  INTEGER,
    PRIMARY KEY (enrollment_id, lecture_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE completion_sweeps (
    course_id        INTEGER NOT NULL PRIMARY KEY REFERENCES courses (id),
    after_enrollment INTEGER NOT NULL
) STRICT;
CREATE TABLE completion_checks (
    enrollment_id INTEGER NOT NULL PRIMARY KEY REFERENCES enrollments (id)
) STRICT;
CREATE TABLE certificates (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    uid           BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    code          TEXT NOT NULL UNIQUE,
    enrollment_id INTEGER NOT NULL REFERENCES enrollments (id),
    user_id       INTEGER NOT NULL REFERENCES users (id),
    course_id     INTEGER NOT NULL REFERENCES courses (id),
    cycle         INTEGER NOT NULL CHECK (cycle >= 1),
    holder        TEXT NOT NULL,
    issued_at     INTEGER NOT NULL,
    expires_at    INTEGER,
    revoked_at    INTEGER,
    UNIQUE (user_id, course_id, cycle)
) STRICT;
CREATE INDEX certificates_by_user ON certificates (user_id, id);
CREATE TABLE certificate_titles (
    certificate_id INTEGER NOT NULL REFERENCES certificates (id),
    language       TEXT NOT NULL,
    title          TEXT NOT NULL,
    PRIMARY KEY (certificate_id, language)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE recommender_courses (
    model_id  INTEGER NOT NULL REFERENCES recommender_models (id),
    item      INTEGER NOT NULL CHECK (item >= 0),
    course_id INTEGER NOT NULL REFERENCES courses (id),
    learners  INTEGER NOT NULL CHECK (learners >= 0),
    weight    REAL NOT NULL CHECK (weight >= 0),
    PRIMARY KEY (model_id, item)
) STRICT, WITHOUT ROWID;
CREATE TABLE recommender_chunks (
    model_id INTEGER NOT NULL REFERENCES recommender_models (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    bytes    BLOB NOT NULL,
    PRIMARY KEY (model_id, position)
) STRICT;
INSERT INTO schema_migrations VALUES (1, 'ground', 'ccdeb16a8f324832', 0);
INSERT INTO schema_migrations VALUES (2, 'school_life', 'fc52e76912d0f741', 0);
INSERT INTO schema_migrations VALUES (3, 'recommendations', '5c8e097604af4edd', 0);
PRAGMA application_id = 1701082480;
PRAGMA user_version = 3;
