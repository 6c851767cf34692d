-- One text for SQLite and PostgreSQL: TEXT, BIGINT and BOOLEAN only; bytes are base64url text,
-- times are milliseconds since 1970-01-01 UTC, documents are JSON text. Never edit a released file.
-- `sub`, `status` and `value_key` are ordered bytewise everywhere: "BINARY" is built into SQLite and
-- made in PostgreSQL before the first migration. Columns that are joined with them must be the same.
--
-- Every pool-owned table's key starts with pool_id and is listed in store::POOL_TABLES.

-- Keys of the vault, wrapped by the master key.
CREATE TABLE keyring (
    id         TEXT   NOT NULL PRIMARY KEY,
    purpose    TEXT   NOT NULL,
    wrapped    TEXT   NOT NULL,
    created_ms BIGINT NOT NULL
);

-- Who did what, append-only. Rows outlive the pool they speak of.
CREATE TABLE audit (
    id         TEXT   NOT NULL PRIMARY KEY,
    at_ms      BIGINT NOT NULL,
    pool_id    TEXT,
    act        TEXT   NOT NULL,
    target     TEXT,
    result     TEXT   NOT NULL,
    reason     TEXT,
    actor_kind TEXT   NOT NULL,
    actor_id   TEXT,
    request_id TEXT,
    ip         TEXT
);
CREATE INDEX audit_by_pool ON audit (pool_id, at_ms);

CREATE TABLE pools (
    pool_id     TEXT   NOT NULL PRIMARY KEY,
    region      TEXT   NOT NULL,
    account     TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    document    TEXT   NOT NULL,
    created_ms  BIGINT NOT NULL,
    modified_ms BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    epoch       BIGINT NOT NULL,
    kms_key     TEXT, -- ARN of the key that LambdaConfig.KMSKeyID leads to
    triggers    TEXT  -- LambdaConfig, which lists show: they need not read the whole document
);
CREATE INDEX pools_by_kms_key ON pools (kms_key);
CREATE INDEX pools_by_owner ON pools (account, region, pool_id);

CREATE TABLE clients (
    pool_id     TEXT    NOT NULL REFERENCES pools ON DELETE CASCADE,
    client_id   TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    document    TEXT    NOT NULL,
    -- What operations of their own set, and UpdateUserPoolClient leaves alone.
    extras      TEXT    NOT NULL,
    -- Whether it registered itself (dynamic client registration).
    registered  BOOLEAN NOT NULL,
    created_ms  BIGINT  NOT NULL,
    modified_ms BIGINT  NOT NULL,
    version     BIGINT  NOT NULL,
    PRIMARY KEY (pool_id, client_id)
);
CREATE UNIQUE INDEX clients_by_id ON clients (client_id);

CREATE TABLE client_secrets (
    pool_id    TEXT   NOT NULL,
    client_id  TEXT   NOT NULL,
    secret_id  TEXT   NOT NULL,
    sealed     TEXT   NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (pool_id, client_id, secret_id),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients ON DELETE CASCADE
);

-- A domain's name is unique over all pools.
CREATE TABLE domains (
    pool_id    TEXT    NOT NULL REFERENCES pools ON DELETE CASCADE,
    domain     TEXT    NOT NULL,
    custom     BOOLEAN NOT NULL,
    document   TEXT    NOT NULL,
    created_ms BIGINT  NOT NULL,
    version    BIGINT  NOT NULL,
    PRIMARY KEY (pool_id, domain)
);
CREATE UNIQUE INDEX domains_by_name ON domains (domain);

CREATE TABLE resource_servers (
    pool_id    TEXT   NOT NULL REFERENCES pools ON DELETE CASCADE,
    identifier TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    scopes     TEXT   NOT NULL,
    created_ms BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (pool_id, identifier)
);

-- The look of the classic pages: of one client, or in the row ALL of those that have none.
CREATE TABLE ui_customizations (
    pool_id      TEXT   NOT NULL REFERENCES pools ON DELETE CASCADE,
    scope        TEXT   NOT NULL,
    -- The client; none for ALL.
    client_id    TEXT,
    -- The CSS as it was given.
    css          TEXT,
    -- What of it is served, and the hash that its address carries.
    sheet        TEXT,
    sheet_digest TEXT,
    image_digest TEXT,
    extension    TEXT,
    created_ms   BIGINT NOT NULL,
    modified_ms  BIGINT NOT NULL,
    image        TEXT,
    PRIMARY KEY (pool_id, scope),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients ON DELETE CASCADE
);

-- Managed-login branding styles, one per client.
CREATE TABLE managed_login_brandings (
    pool_id      TEXT    NOT NULL,
    branding_id  TEXT    NOT NULL,
    client_id    TEXT    NOT NULL,
    provided     BOOLEAN NOT NULL,
    -- What the pages draw: made of settings and assets when they are written.
    look         TEXT    NOT NULL,
    sheet_digest TEXT    NOT NULL,
    created_ms   BIGINT  NOT NULL,
    modified_ms  BIGINT  NOT NULL,
    version      BIGINT  NOT NULL,
    sheet        TEXT    NOT NULL,
    settings     TEXT,
    PRIMARY KEY (pool_id, branding_id),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients ON DELETE CASCADE
);
CREATE UNIQUE INDEX managed_login_brandings_by_client ON managed_login_brandings (pool_id, client_id);

CREATE TABLE branding_assets (
    pool_id     TEXT   NOT NULL,
    branding_id TEXT   NOT NULL,
    -- The order in which they were given.
    position    BIGINT NOT NULL,
    category    TEXT   NOT NULL,
    color_mode  TEXT   NOT NULL,
    extension   TEXT   NOT NULL,
    resource_id TEXT,
    digest      TEXT   NOT NULL,
    bytes       TEXT   NOT NULL,
    PRIMARY KEY (pool_id, branding_id, position),
    FOREIGN KEY (pool_id, branding_id) REFERENCES managed_login_brandings ON DELETE CASCADE
);
CREATE INDEX branding_assets_by_digest ON branding_assets (pool_id, digest);

-- Links to terms of use and privacy policies, by language.
CREATE TABLE terms (
    pool_id     TEXT   NOT NULL,
    terms_id    TEXT   NOT NULL,
    client_id   TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    links       TEXT   NOT NULL,
    created_ms  BIGINT NOT NULL,
    modified_ms BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    PRIMARY KEY (pool_id, terms_id),
    FOREIGN KEY (pool_id, client_id) REFERENCES clients ON DELETE CASCADE
);
CREATE UNIQUE INDEX terms_by_client ON terms (pool_id, client_id, name);

-- Key ids are reserved when the pool is made; the sealed key is attached at first use.
CREATE TABLE signing_keys (
    pool_id    TEXT   NOT NULL REFERENCES pools ON DELETE CASCADE,
    kid        TEXT   NOT NULL,
    token_use  TEXT   NOT NULL,
    state      TEXT   NOT NULL, -- announced, signing, retired; a key that is gone has no row
    sealed     TEXT,
    created_ms BIGINT NOT NULL,
    moved_ms   BIGINT NOT NULL, -- when it came to be in its state; of a key without material, created_ms
    PRIMARY KEY (pool_id, kid)
);
CREATE UNIQUE INDEX signing_keys_by_kid ON signing_keys (kid);
-- A pool has one key of a kind that signs, and at most one that will be next.
CREATE UNIQUE INDEX signing_keys_signing ON signing_keys (pool_id, token_use) WHERE state = 'signing';
CREATE UNIQUE INDEX signing_keys_announced ON signing_keys (pool_id, token_use) WHERE state = 'announced';
CREATE INDEX signing_keys_by_state ON signing_keys (state, moved_ms);

CREATE TABLE users (
    pool_id              TEXT    NOT NULL REFERENCES pools ON DELETE CASCADE,
    sub                  TEXT    COLLATE "BINARY" NOT NULL,
    username             TEXT    NOT NULL,
    username_key         TEXT    NOT NULL,
    status               TEXT    COLLATE "BINARY" NOT NULL,
    enabled              BOOLEAN NOT NULL,
    attributes           TEXT    NOT NULL,
    created_ms           BIGINT  NOT NULL,
    modified_ms          BIGINT  NOT NULL,
    -- Raised by everything that must end sign-ins in progress (disable, sign-out, new password).
    auth_epoch           BIGINT  NOT NULL,
    -- Tokens issued before this point are revoked.
    tokens_valid_from_ms BIGINT  NOT NULL,
    -- The second factors that the user has turned on; none until the first one.
    mfa                  TEXT,
    version              BIGINT  NOT NULL,
    PRIMARY KEY (pool_id, sub)
);
CREATE UNIQUE INDEX users_by_username ON users (pool_id, username_key);
CREATE INDEX users_by_status ON users (pool_id, status, sub);
CREATE INDEX users_by_enabled ON users (pool_id, enabled, sub);

-- The attributes that ListUsers can filter by, folded for comparison.
CREATE TABLE user_attributes (
    pool_id   TEXT NOT NULL,
    name      TEXT NOT NULL,
    value_key TEXT COLLATE "BINARY" NOT NULL,
    sub       TEXT COLLATE "BINARY" NOT NULL,
    PRIMARY KEY (pool_id, name, value_key, sub),
    FOREIGN KEY (pool_id, sub) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX user_attributes_by_user ON user_attributes (pool_id, sub);

-- What a user can sign in with besides the user name: verified aliases, or the e-mail address and
-- phone number of pools where those are the user names.
CREATE TABLE aliases (
    pool_id   TEXT NOT NULL,
    kind      TEXT NOT NULL,
    value_key TEXT COLLATE "BINARY" NOT NULL,
    sub       TEXT COLLATE "BINARY" NOT NULL,
    PRIMARY KEY (pool_id, kind, value_key),
    FOREIGN KEY (pool_id, sub) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX aliases_by_user ON aliases (pool_id, sub);

CREATE TABLE passwords (
    pool_id      TEXT    NOT NULL,
    sub          TEXT    COLLATE "BINARY" NOT NULL,
    phc          TEXT    NOT NULL,
    -- Salt and verifier for SRP, sealed; absent for imported hashes.
    srp          TEXT,
    temporary    BOOLEAN NOT NULL,
    expires_ms   BIGINT,
    set_ms       BIGINT  NOT NULL,
    -- Earlier PHC strings, newest first, as a JSON list.
    history      TEXT    NOT NULL,
    PRIMARY KEY (pool_id, sub),
    FOREIGN KEY (pool_id, sub) REFERENCES users ON DELETE CASCADE
);

-- The TOTP secret of a user, sealed, and one that waits for its first code.
CREATE TABLE software_tokens (
    pool_id   TEXT   NOT NULL,
    sub       TEXT   COLLATE "BINARY" NOT NULL,
    secret    TEXT,
    pending   TEXT,
    -- FriendlyDeviceName.
    name      TEXT,
    -- The last 30-second step of which a code was used: an earlier or equal one is refused.
    last_step BIGINT NOT NULL,
    PRIMARY KEY (pool_id, sub),
    FOREIGN KEY (pool_id, sub) REFERENCES users ON DELETE CASCADE
);

-- A device that a user signed in with and registered (ConfirmDevice).
CREATE TABLE devices (
    pool_id          TEXT    NOT NULL,
    sub              TEXT    COLLATE "BINARY" NOT NULL,
    device_key       TEXT    COLLATE "BINARY" NOT NULL,
    name             TEXT,
    -- Salt and verifier of the device's secret, sealed; absent where the app gave none.
    srp              TEXT,
    remembered       BOOLEAN NOT NULL,
    last_ip          TEXT,
    created_ms       BIGINT  NOT NULL,
    modified_ms      BIGINT  NOT NULL,
    authenticated_ms BIGINT  NOT NULL,
    -- Keyed hash of what an app may send in place of the session that asked for the device, the
    -- nonce of that session, and when both end.
    ticket           TEXT,
    ticket_nonce     TEXT,
    ticket_ms        BIGINT,
    PRIMARY KEY (pool_id, sub, device_key),
    FOREIGN KEY (pool_id, sub) REFERENCES users ON DELETE CASCADE
);

-- Passkeys. The public key is a COSE key; aaguid tells the authenticator's make, unproven.
CREATE TABLE webauthn_credentials (
    pool_id       TEXT   NOT NULL,
    credential_id TEXT   NOT NULL,
    sub           TEXT   COLLATE "BINARY" NOT NULL,
    rp_id         TEXT   NOT NULL,
    public_key    TEXT   NOT NULL,
    -- The counter of the last signature; an earlier or equal one tells of a copy, unless both are 0.
    sign_count    BIGINT NOT NULL,
    aaguid        TEXT   NOT NULL,
    attachment    TEXT,
    -- A JSON list.
    transports    TEXT   NOT NULL,
    created_ms    BIGINT NOT NULL,
    PRIMARY KEY (pool_id, credential_id),
    FOREIGN KEY (pool_id, sub) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX webauthn_credentials_by_user ON webauthn_credentials (pool_id, sub, created_ms);

-- One live registration of a passkey per user; a new one replaces it.
CREATE TABLE webauthn_registrations (
    pool_id    TEXT   NOT NULL,
    sub        TEXT   COLLATE "BINARY" NOT NULL,
    challenge  TEXT   NOT NULL,
    client_id  TEXT   NOT NULL,
    rp_id      TEXT   NOT NULL,
    expires_ms BIGINT NOT NULL,
    PRIMARY KEY (pool_id, sub),
    FOREIGN KEY (pool_id, sub) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX webauthn_registrations_by_expiry ON webauthn_registrations (expires_ms);

-- Failed sign-ins of a user, whatever name or flow was used. sub may be a phantom's: where a client
-- hides which users exist, a name that is nobody's is locked like everybody else's.
CREATE TABLE lockouts (
    pool_id         TEXT   NOT NULL REFERENCES pools ON DELETE CASCADE,
    sub             TEXT   COLLATE "BINARY" NOT NULL,
    failures        BIGINT NOT NULL,
    last_ms         BIGINT NOT NULL,
    locked_until_ms BIGINT NOT NULL,
    PRIMARY KEY (pool_id, sub)
);
CREATE INDEX lockouts_by_age ON lockouts (locked_until_ms);

-- One live code per user and kind (sign_up, forgot, email, phone_number); a new one replaces it.
-- sub may be a phantom's: where a client hides which users exist, a name that is nobody's gets
-- rows like everybody else's. Such a code fits nothing.
CREATE TABLE codes (
    pool_id     TEXT   NOT NULL REFERENCES pools ON DELETE CASCADE,
    sub         TEXT   COLLATE "BINARY" NOT NULL,
    kind        TEXT   NOT NULL,
    code_hash   TEXT   NOT NULL,
    attribute   TEXT   NOT NULL,
    destination TEXT   NOT NULL,
    issued_ms   BIGINT NOT NULL,
    expires_ms  BIGINT NOT NULL,
    PRIMARY KEY (pool_id, sub, kind)
);
CREATE INDEX codes_by_expiry ON codes (expires_ms);

-- How often a user, or a phantom, did something in the hour or day that began at window_ms.
CREATE TABLE attempts (
    pool_id   TEXT   NOT NULL REFERENCES pools ON DELETE CASCADE,
    sub       TEXT   COLLATE "BINARY" NOT NULL,
    act       TEXT   NOT NULL,
    window_ms BIGINT NOT NULL,
    count     BIGINT NOT NULL,
    PRIMARY KEY (pool_id, sub, act)
);
CREATE INDEX attempts_by_age ON attempts (window_ms);

CREATE TABLE user_groups (
    pool_id     TEXT   NOT NULL REFERENCES pools ON DELETE CASCADE,
    name        TEXT   NOT NULL,
    description TEXT,
    role_arn    TEXT,
    precedence  BIGINT,
    created_ms  BIGINT NOT NULL,
    modified_ms BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    PRIMARY KEY (pool_id, name)
);

CREATE TABLE group_members (
    pool_id    TEXT   NOT NULL,
    sub        TEXT   COLLATE "BINARY" NOT NULL,
    name       TEXT   NOT NULL,
    created_ms BIGINT NOT NULL,
    PRIMARY KEY (pool_id, sub, name),
    FOREIGN KEY (pool_id, sub) REFERENCES users ON DELETE CASCADE,
    FOREIGN KEY (pool_id, name) REFERENCES user_groups ON DELETE CASCADE
);
CREATE INDEX group_members_by_group ON group_members (pool_id, name, sub);

-- A completed sign-in: kind TOKEN (tokens were given to a client) or SSO (a browser session).
CREATE TABLE sessions (
    pool_id      TEXT   NOT NULL,
    session_id   TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    sub          TEXT   COLLATE "BINARY" NOT NULL,
    client_id    TEXT   NOT NULL,
    origin_jti   TEXT   NOT NULL,
    event_id     TEXT   NOT NULL,
    -- The SSO session this one came from.
    origin_id    TEXT,
    scope        TEXT   NOT NULL,
    -- The API that its access tokens are for.
    resource     TEXT,
    -- What the sign-in is worth: the name of the level, and the methods, joined by spaces.
    acr          TEXT,
    amr          TEXT   NOT NULL,
    device_key   TEXT,
    ip           TEXT,
    agent        TEXT,
    auth_ms      BIGINT NOT NULL,
    created_ms   BIGINT NOT NULL,
    last_used_ms BIGINT NOT NULL,
    expires_ms   BIGINT NOT NULL,
    revoked_ms   BIGINT,
    PRIMARY KEY (pool_id, session_id),
    FOREIGN KEY (pool_id, sub) REFERENCES users ON DELETE CASCADE,
    FOREIGN KEY (pool_id, client_id) REFERENCES clients ON DELETE CASCADE
);
CREATE UNIQUE INDEX sessions_by_origin ON sessions (pool_id, origin_jti);
CREATE INDEX sessions_by_user ON sessions (pool_id, sub);
CREATE INDEX sessions_by_client ON sessions (pool_id, client_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_ms);

CREATE TABLE refresh_tokens (
    pool_id    TEXT   NOT NULL,
    token_hash TEXT   NOT NULL,
    session_id TEXT   NOT NULL,
    issued_ms  BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    used_ms    BIGINT,
    PRIMARY KEY (pool_id, token_hash),
    FOREIGN KEY (pool_id, session_id) REFERENCES sessions ON DELETE CASCADE
);
CREATE UNIQUE INDEX refresh_tokens_by_hash ON refresh_tokens (token_hash);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (pool_id, session_id);

-- Authorization codes. A used row stays until it expires, so that reuse is seen.
CREATE TABLE authorization_codes (
    pool_id        TEXT   NOT NULL,
    code_hash      TEXT   NOT NULL,
    client_id      TEXT   NOT NULL,
    sub            TEXT   COLLATE "BINARY" NOT NULL,
    redirect_uri   TEXT   NOT NULL,
    scope          TEXT   NOT NULL,
    code_challenge TEXT,
    nonce          TEXT,
    resource       TEXT,
    sso_id         TEXT   NOT NULL,
    event_id       TEXT   NOT NULL,
    auth_ms        BIGINT NOT NULL,
    auth_epoch     BIGINT NOT NULL,
    expires_ms     BIGINT NOT NULL,
    used_ms        BIGINT,
    -- The token session that the code was exchanged for.
    session_id     TEXT,
    -- What a Lambda trigger made of the tokens (JSON).
    overrides      TEXT,
    PRIMARY KEY (pool_id, code_hash),
    FOREIGN KEY (pool_id, sub) REFERENCES users ON DELETE CASCADE,
    FOREIGN KEY (pool_id, client_id) REFERENCES clients ON DELETE CASCADE
);
CREATE INDEX authorization_codes_by_expiry ON authorization_codes (expires_ms);

-- What happened to a user's account, in pools with threat protection. One row for a sign-in, from its
-- first proof to its end. sub may be a phantom's, as in lockouts.
CREATE TABLE auth_events (
    pool_id     TEXT   NOT NULL REFERENCES pools ON DELETE CASCADE,
    sub         TEXT   COLLATE "BINARY" NOT NULL,
    event_id    TEXT   NOT NULL,
    -- SignIn, SignUp, ForgotPassword, PasswordChange, ResendCode.
    kind        TEXT   NOT NULL,
    client_id   TEXT,
    -- Pass, Fail, InProgress.
    response    TEXT   NOT NULL,
    -- RiskDecision and RiskLevel.
    decision    TEXT,
    level       TEXT,
    compromised BOOLEAN,
    -- Success or Failure of a challenge that was answered.
    password    TEXT,
    mfa         TEXT,
    ip          TEXT,
    -- What the device is called, and the keyed hash of what tells it from others.
    device      TEXT,
    device_hash TEXT,
    timezone    TEXT,
    created_ms  BIGINT NOT NULL,
    -- Valid or Invalid, who said so, and when.
    feedback    TEXT,
    feedback_by TEXT,
    feedback_ms BIGINT,
    PRIMARY KEY (pool_id, sub, event_id)
);
CREATE INDEX auth_events_by_user ON auth_events (pool_id, sub, created_ms, event_id);
CREATE INDEX auth_events_by_age ON auth_events (created_ms);

-- Nonces of sealed sessions and proofs that were used successfully.
CREATE TABLE consumed (
    pool_id    TEXT   NOT NULL REFERENCES pools ON DELETE CASCADE,
    nonce      TEXT   NOT NULL,
    expires_ms BIGINT NOT NULL,
    PRIMARY KEY (pool_id, nonce)
);
CREATE INDEX consumed_by_expiry ON consumed (expires_ms);
