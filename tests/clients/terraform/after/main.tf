# The same three pools later: the minimal one has gained settings, the full one has lost or changed most of its own.

resource "aws_cognito_user_pool" "minimal" {
  name                     = "minimal"
  auto_verified_attributes = ["email"]
  deletion_protection      = "INACTIVE"
  mfa_configuration        = "OPTIONAL"

  account_recovery_setting {
    recovery_mechanism {
      name     = "admin_only"
      priority = 1
    }
  }
  admin_create_user_config {
    allow_admin_create_user_only = false
    invite_message_template {
      email_subject = "Come in"
      email_message = "{username}: {####}"
      sms_message   = "{username}: {####}"
    }
  }
  email_configuration {
    email_sending_account  = "COGNITO_DEFAULT"
    reply_to_email_address = "answer@example.com"
  }
  password_policy {
    minimum_length = 10
  }
  software_token_mfa_configuration {
    enabled = true
  }
  user_attribute_update_settings {
    attributes_require_verification_before_update = ["email"]
  }
  verification_message_template {
    email_subject = "Code"
    email_message = "{####}"
  }
}

resource "aws_cognito_user_pool_client" "minimal" {
  name                                 = "renamed"
  user_pool_id                         = aws_cognito_user_pool.minimal.id
  access_token_validity                = 2
  id_token_validity                    = 90
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_scopes                 = ["openid", "minimal/see"]
  callback_urls                        = ["http://127.0.0.1:3000/"]
  explicit_auth_flows                  = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
  prevent_user_existence_errors        = "LEGACY"
  refresh_token_validity               = 60
  supported_identity_providers         = ["COGNITO"]
  token_validity_units {
    access_token  = "hours"
    id_token      = "minutes"
    refresh_token = "days"
  }
  depends_on = [aws_cognito_resource_server.minimal]
}

resource "aws_cognito_user_pool_domain" "minimal" {
  domain       = "${var.prefix}-moved"
  user_pool_id = aws_cognito_user_pool.minimal.id
}

resource "aws_cognito_resource_server" "minimal" {
  identifier   = "minimal"
  name         = "no longer minimal"
  user_pool_id = aws_cognito_user_pool.minimal.id
  scope {
    scope_name        = "see"
    scope_description = "See it"
  }
}

resource "aws_cognito_user_group" "minimal" {
  name         = "minimal"
  description  = "Now it says what it is for"
  precedence   = 3
  user_pool_id = aws_cognito_user_pool.minimal.id
}

resource "aws_cognito_user" "minimal" {
  username = "minimal"
  attributes = {
    email          = "minimal@example.com"
    email_verified = true
    name           = "Minimal"
  }
  user_pool_id = aws_cognito_user_pool.minimal.id
}

resource "aws_cognito_user_pool" "full" {
  name                     = "full"
  alias_attributes         = ["email", "phone_number", "preferred_username"]
  auto_verified_attributes = ["email"]
  deletion_protection      = "INACTIVE"
  mfa_configuration        = "OPTIONAL"
  user_pool_tier           = "ESSENTIALS"

  # The provider keeps sending a block that is left out, and AWS takes none beside MFA that is off.
  email_mfa_configuration {
    subject = "Another code"
    message = "Your other code is {####}"
  }
  tags = {
    team  = "sign-in"
    owner = "ada"
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_phone_number"
      priority = 1
    }
  }
  password_policy {
    minimum_length    = 8
    require_lowercase = true
    require_numbers   = true
    require_symbols   = true
    require_uppercase = true
  }
  schema {
    name                = "email"
    attribute_data_type = "String"
    required            = true
    mutable             = true
    string_attribute_constraints {
      min_length = 3
      max_length = 256
    }
  }
  schema {
    name                = "plan"
    attribute_data_type = "String"
    mutable             = true
    string_attribute_constraints {
      min_length = 1
      max_length = 20
    }
  }
  schema {
    name                = "seats"
    attribute_data_type = "Number"
    mutable             = false
    number_attribute_constraints {
      min_value = 1
      max_value = 100
    }
  }
  schema {
    name                     = "note"
    attribute_data_type      = "String"
    developer_only_attribute = true
    mutable                  = true
    string_attribute_constraints {}
  }
  schema {
    name                = "member"
    attribute_data_type = "Boolean"
    mutable             = true
  }
  schema {
    name                = "since"
    attribute_data_type = "DateTime"
    mutable             = true
  }
  username_configuration {
    case_sensitive = false
  }
}

resource "aws_cognito_user_pool_client" "full" {
  name                                 = "full"
  user_pool_id                         = aws_cognito_user_pool.full.id
  generate_secret                      = true
  access_token_validity                = 5
  id_token_validity                    = 5
  refresh_token_validity               = 60
  allowed_oauth_flows_user_pool_client = false
  allowed_oauth_flows                  = []
  allowed_oauth_scopes                 = []
  callback_urls                        = ["https://app.example.com/callback"]
  logout_urls                          = []
  auth_session_validity                = 3
  enable_token_revocation              = true
  explicit_auth_flows                  = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
  prevent_user_existence_errors        = "LEGACY"
  read_attributes                      = ["email"]
  write_attributes                     = ["email"]
  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "minutes"
  }
  lifecycle {
    # Asked for once, never read back: an import would make another client for it.
    ignore_changes = [generate_secret]
  }
}

resource "aws_cognito_user_pool_client" "service" {
  name                                 = "service"
  user_pool_id                         = aws_cognito_user_pool.full.id
  generate_secret                      = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_scopes                 = ["https://api.example.com/read"]
  explicit_auth_flows                  = ["ALLOW_REFRESH_TOKEN_AUTH"]
  lifecycle {
    # Asked for once, never read back: an import would make another client for it.
    ignore_changes = [generate_secret]
  }
}

resource "aws_cognito_user_pool_domain" "full" {
  domain                = "${var.prefix}-full"
  user_pool_id          = aws_cognito_user_pool.full.id
  managed_login_version = 2
}

resource "aws_cognito_resource_server" "full" {
  identifier   = "https://api.example.com"
  name         = "API"
  user_pool_id = aws_cognito_user_pool.full.id
  scope {
    scope_name        = "read"
    scope_description = "See all things"
  }
}

resource "aws_cognito_user_group" "full" {
  name         = "admins"
  description  = "They may do much"
  precedence   = 1
  role_arn     = "arn:aws:iam::000000000000:role/helpers"
  user_pool_id = aws_cognito_user_pool.full.id
}

resource "aws_cognito_user_pool" "people" {
  name                     = "people"
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  username_configuration {
    case_sensitive = false
  }
  schema {
    name                = "plan"
    attribute_data_type = "String"
    mutable             = true
    string_attribute_constraints {
      max_length = 20
    }
  }
  schema {
    name                = "joined"
    attribute_data_type = "DateTime"
    mutable             = true
  }
}

resource "aws_cognito_user" "ada" {
  user_pool_id = aws_cognito_user_pool.people.id
  username     = "ada@example.com"
  attributes = {
    email          = "ada@example.com"
    email_verified = true
    given_name     = "Ada"
    plan           = "gold"
  }
}

resource "aws_cognito_user_group" "members" {
  name         = "members"
  precedence   = 8
  user_pool_id = aws_cognito_user_pool.people.id
}
