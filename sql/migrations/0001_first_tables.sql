-- One table per grain of schemas raw, core, quality and ops, as warehouse/tables/*.yml described them at version 0.1.0.
-- The views of core, quality and marts are no migration: they are made anew whenever their files change.
CREATE SCHEMA IF NOT EXISTS raw;
CREATE SCHEMA IF NOT EXISTS core;
CREATE SCHEMA IF NOT EXISTS quality;
CREATE SCHEMA IF NOT EXISTS ops;
CREATE SCHEMA IF NOT EXISTS marts;

CREATE TABLE raw.files (
    sha256 VARCHAR NOT NULL,
    media_type VARCHAR,
    encoding VARCHAR,
    size BIGINT NOT NULL,
    status VARCHAR NOT NULL,
    reason_code VARCHAR,
    reason VARCHAR,
    report_id VARCHAR,
    published DATE,
    sidecar_date DATE,
    first_path VARCHAR,
    reader_version VARCHAR NOT NULL,
    catalogue_version VARCHAR NOT NULL,
    first_seen TIMESTAMP NOT NULL,
    load_id VARCHAR NOT NULL
);

CREATE TABLE raw.file_locations (
    sha256 VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    mtime TIMESTAMP,
    size BIGINT,
    first_seen TIMESTAMP NOT NULL,
    last_seen TIMESTAMP NOT NULL
);

CREATE TABLE core.reports (
    report_id VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    issuer_id VARCHAR NOT NULL,
    issuer_name VARCHAR,
    issuer_level VARCHAR,
    province VARCHAR,
    city VARCHAR,
    county VARCHAR,
    township VARCHAR,
    division_code VARCHAR,
    code_system VARCHAR,
    resolution VARCHAR NOT NULL,
    report_year INTEGER NOT NULL,
    title VARCHAR,
    document_kind VARCHAR,
    published DATE,
    period_start DATE,
    period_end DATE,
    part_year BOOLEAN NOT NULL,
    text VARCHAR NOT NULL,
    char_count INTEGER NOT NULL,
    notes VARCHAR,
    figures_hash VARCHAR NOT NULL,
    text_hash VARCHAR NOT NULL,
    load_id VARCHAR NOT NULL
);

CREATE TABLE core.sections (
    section_id VARCHAR NOT NULL,
    report_id VARCHAR NOT NULL,
    parent_id VARCHAR,
    level INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    printed_marker VARCHAR NOT NULL,
    marker VARCHAR NOT NULL,
    repaired BOOLEAN NOT NULL,
    title VARCHAR NOT NULL,
    canonical VARCHAR NOT NULL,
    span_start INTEGER NOT NULL,
    span_end INTEGER NOT NULL
);

CREATE TABLE core.quantities (
    quantity_id VARCHAR NOT NULL,
    report_id VARCHAR NOT NULL,
    section_id VARCHAR,
    span_start INTEGER NOT NULL,
    span_end INTEGER NOT NULL,
    printed VARCHAR NOT NULL,
    value DOUBLE NOT NULL,
    low DOUBLE,
    high DOUBLE,
    bound VARCHAR NOT NULL,
    unit_printed VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    year INTEGER,
    indicator VARCHAR,
    scope VARCHAR NOT NULL,
    sentence VARCHAR NOT NULL,
    sentence_start INTEGER NOT NULL,
    rule VARCHAR NOT NULL
);

CREATE TABLE core.facts (
    fact_id VARCHAR NOT NULL,
    report_id VARCHAR NOT NULL,
    issuer_id VARCHAR NOT NULL,
    report_year INTEGER NOT NULL,
    indicator VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,
    value DOUBLE NOT NULL,
    low DOUBLE,
    high DOUBLE,
    bound VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    flags VARCHAR NOT NULL,
    quantity_id VARCHAR,
    statements INTEGER NOT NULL
);

CREATE TABLE core.fact_evidence (
    fact_id VARCHAR NOT NULL,
    quantity_id VARCHAR NOT NULL
);

CREATE TABLE core.checks (
    check_id VARCHAR NOT NULL,
    report_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    statement VARCHAR NOT NULL,
    holds BOOLEAN NOT NULL,
    verdict VARCHAR NOT NULL,
    figures VARCHAR NOT NULL
);

CREATE TABLE core.title_terms (
    title VARCHAR NOT NULL,
    term VARCHAR NOT NULL
);

CREATE TABLE core.indicators (
    indicator VARCHAR NOT NULL,
    name_zh VARCHAR NOT NULL,
    short_name VARCHAR NOT NULL,
    aliases VARCHAR[] NOT NULL,
    theme VARCHAR NOT NULL,
    definition VARCHAR,
    unit VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    scopes VARCHAR[] NOT NULL,
    relation VARCHAR
);

CREATE TABLE core.indicator_units (
    indicator VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    factor DOUBLE NOT NULL,
    scope VARCHAR NOT NULL
);

CREATE TABLE core.series_breaks (
    indicator VARCHAR NOT NULL,
    break_year INTEGER NOT NULL,
    reason VARCHAR NOT NULL
);

CREATE TABLE core.divisions (
    division_id VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    province VARCHAR NOT NULL,
    city VARCHAR,
    county VARCHAR,
    township VARCHAR,
    code VARCHAR,
    code_system VARCHAR,
    as_of VARCHAR,
    valid_from DATE,
    valid_to DATE,
    parent_id VARCHAR
);

CREATE TABLE core.corrections_applied (
    correction_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    fact_id VARCHAR NOT NULL,
    report_id VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    old_value DOUBLE NOT NULL,
    indicator VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,
    value DOUBLE NOT NULL,
    low DOUBLE,
    high DOUBLE,
    bound VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    author VARCHAR NOT NULL,
    decided_on DATE NOT NULL
);

CREATE TABLE quality.runs (
    run_id VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    load_id VARCHAR,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    rules BIGINT,
    failed_critical BIGINT,
    failed_warning BIGINT,
    refused BOOLEAN,
    reason VARCHAR
);

CREATE TABLE quality.results (
    run_id VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    sentence VARCHAR NOT NULL,
    target VARCHAR,
    passed BOOLEAN NOT NULL,
    checked BIGINT,
    failed BIGINT,
    observed VARCHAR,
    error VARCHAR
);

CREATE TABLE quality.failures (
    run_id VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    table_name VARCHAR,
    row_id VARCHAR,
    report_id VARCHAR,
    detail VARCHAR
);

CREATE TABLE quality.quarantine (
    quarantine_id VARCHAR NOT NULL,
    load_id VARCHAR,
    table_name VARCHAR NOT NULL,
    row_id VARCHAR NOT NULL,
    report_id VARCHAR,
    rules VARCHAR NOT NULL,
    reasons VARCHAR NOT NULL,
    content VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    decided_at TIMESTAMP,
    decided_by VARCHAR,
    note VARCHAR
);

CREATE TABLE ops.migrations (
    version INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    applied_at TIMESTAMP NOT NULL
);

CREATE TABLE ops.definitions (
    name VARCHAR NOT NULL,
    version VARCHAR NOT NULL
);

CREATE TABLE ops.loads (
    load_id VARCHAR NOT NULL,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    status VARCHAR,
    seen BIGINT,
    known BIGINT,
    loaded BIGINT,
    rejected BIGINT,
    copies BIGINT,
    quarantined BIGINT,
    facts BIGINT,
    reader_version VARCHAR,
    catalogue_version VARCHAR,
    message VARCHAR
);
