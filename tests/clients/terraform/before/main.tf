# Three pools before anything changes: as little as possible, as much as possible, and one with people in it.

resource "aws_cognito_user_pool" "minimal" {
  name = "minimal"
}

resource "aws_cognito_user_pool_client" "minimal" {
  name         = "minimal"
  user_pool_id = aws_cognito_user_pool.minimal.id
}

resource "aws_cognito_user_pool_domain" "minimal" {
  domain       = "${var.prefix}-minimal"
  user_pool_id = aws_cognito_user_pool.minimal.id
}

resource "aws_cognito_resource_server" "minimal" {
  identifier   = "minimal"
  name         = "minimal"
  user_pool_id = aws_cognito_user_pool.minimal.id
}

resource "aws_cognito_user_group" "minimal" {
  name         = "minimal"
  user_pool_id = aws_cognito_user_pool.minimal.id
}

resource "aws_cognito_user" "minimal" {
  username     = "minimal"
  user_pool_id = aws_cognito_user_pool.minimal.id
}

resource "aws_cognito_user_pool" "full" {
  name                       = "full"
  alias_attributes           = ["email", "phone_number", "preferred_username"]
  auto_verified_attributes   = ["email", "phone_number"]
  deletion_protection        = "INACTIVE"
  mfa_configuration          = "OPTIONAL"
  sms_authentication_message = "Your code to sign in is {####}"
  user_pool_tier             = "PLUS"
  tags = {
    team  = "identity"
    stage = "test"
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
    recovery_mechanism {
      name     = "verified_phone_number"
      priority = 2
    }
  }
  admin_create_user_config {
    allow_admin_create_user_only = true
    invite_message_template {
      email_subject = "Welcome"
      email_message = "Hello {username}, your password is {####}"
      sms_message   = "{username}: {####}"
    }
  }
  device_configuration {
    challenge_required_on_new_device      = true
    device_only_remembered_on_user_prompt = true
  }
  email_configuration {
    email_sending_account  = "DEVELOPER"
    from_email_address     = "Poolhouse <house@example.com>"
    reply_to_email_address = "answer@example.com"
    source_arn             = "arn:aws:ses:us-east-1:000000000000:identity/house@example.com"
    configuration_set      = "house"
  }
  email_mfa_configuration {
    subject = "Your code"
    message = "Your code is {####}"
  }
  lambda_config {
    create_auth_challenge          = "arn:aws:lambda:us-east-1:000000000000:function:create"
    custom_message                 = "arn:aws:lambda:us-east-1:000000000000:function:message"
    define_auth_challenge          = "arn:aws:lambda:us-east-1:000000000000:function:define"
    kms_key_id                     = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555"
    post_authentication            = "arn:aws:lambda:us-east-1:000000000000:function:after"
    post_confirmation              = "arn:aws:lambda:us-east-1:000000000000:function:confirmed"
    pre_authentication             = "arn:aws:lambda:us-east-1:000000000000:function:before"
    pre_sign_up                    = "arn:aws:lambda:us-east-1:000000000000:function:sign-up"
    user_migration                 = "arn:aws:lambda:us-east-1:000000000000:function:migrate"
    verify_auth_challenge_response = "arn:aws:lambda:us-east-1:000000000000:function:verify"
    custom_email_sender {
      lambda_arn     = "arn:aws:lambda:us-east-1:000000000000:function:mail"
      lambda_version = "V1_0"
    }
    custom_sms_sender {
      lambda_arn     = "arn:aws:lambda:us-east-1:000000000000:function:sms"
      lambda_version = "V1_0"
    }
    pre_token_generation_config {
      lambda_arn     = "arn:aws:lambda:us-east-1:000000000000:function:token"
      lambda_version = "V2_0"
    }
  }
  password_policy {
    minimum_length                   = 12
    password_history_size            = 4
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = false
    require_uppercase                = true
    temporary_password_validity_days = 3
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
  sign_in_policy {
    allowed_first_auth_factors = ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]
  }
  sms_configuration {
    external_id    = "poolhouse"
    sns_caller_arn = "arn:aws:iam::000000000000:role/sms"
    sns_region     = "us-east-1"
  }
  software_token_mfa_configuration {
    enabled = true
  }
  user_attribute_update_settings {
    attributes_require_verification_before_update = ["email"]
  }
  user_pool_add_ons {
    advanced_security_mode = "AUDIT"
    advanced_security_additional_flows {
      custom_auth_mode = "AUDIT"
    }
  }
  username_configuration {
    case_sensitive = false
  }
  verification_message_template {
    default_email_option  = "CONFIRM_WITH_LINK"
    email_message         = "Your code is {####}"
    email_subject         = "Your code"
    email_message_by_link = "Please {##click here##}"
    email_subject_by_link = "Your link"
    sms_message           = "Code: {####}"
  }
  web_authn_configuration {
    relying_party_id  = "example.com"
    user_verification = "required"
  }
}

resource "aws_cognito_user_pool_client" "full" {
  name                                          = "full"
  user_pool_id                                  = aws_cognito_user_pool.full.id
  generate_secret                               = true
  access_token_validity                         = 30
  id_token_validity                             = 45
  refresh_token_validity                        = 10
  allowed_oauth_flows                           = ["code", "implicit"]
  allowed_oauth_flows_user_pool_client          = true
  allowed_oauth_scopes                          = concat(["email", "openid", "profile"], aws_cognito_resource_server.full.scope_identifiers)
  auth_session_validity                         = 10
  callback_urls                                 = ["https://app.example.com/callback", "http://localhost:3000/callback", "app://callback"]
  logout_urls                                   = ["https://app.example.com/bye"]
  default_redirect_uri                          = "https://app.example.com/callback"
  enable_propagate_additional_user_context_data = true
  enable_token_revocation                       = false
  explicit_auth_flows                           = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"]
  prevent_user_existence_errors                 = "ENABLED"
  read_attributes                               = ["email", "email_verified", "name", "custom:plan"]
  write_attributes                              = ["email", "name"]
  supported_identity_providers                  = ["COGNITO"]
  refresh_token_rotation {
    feature                    = "ENABLED"
    retry_grace_period_seconds = 20
  }
  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "days"
  }
}

resource "aws_cognito_user_pool_client" "service" {
  name                                 = "service"
  user_pool_id                         = aws_cognito_user_pool.full.id
  generate_secret                      = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_scopes                 = aws_cognito_resource_server.full.scope_identifiers
  explicit_auth_flows                  = ["ALLOW_REFRESH_TOKEN_AUTH"]
}

resource "aws_cognito_user_pool_domain" "full" {
  domain                = "${var.prefix}-full"
  user_pool_id          = aws_cognito_user_pool.full.id
  managed_login_version = 1
}

resource "aws_cognito_resource_server" "full" {
  identifier   = "https://api.example.com"
  name         = "API"
  user_pool_id = aws_cognito_user_pool.full.id
  scope {
    scope_name        = "read"
    scope_description = "See things"
  }
  scope {
    scope_name        = "write"
    scope_description = "Change things"
  }
}

resource "aws_cognito_user_group" "full" {
  name         = "admins"
  description  = "They may do everything"
  precedence   = 0
  role_arn     = "arn:aws:iam::000000000000:role/admins"
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
}

resource "aws_cognito_user" "ada" {
  user_pool_id = aws_cognito_user_pool.people.id
  username     = "ada@example.com"
  attributes = {
    email          = "ada@example.com"
    email_verified = true
    name           = "Ada"
    plan           = "free"
  }
}

resource "aws_cognito_user_group" "members" {
  name         = "members"
  precedence   = 7
  user_pool_id = aws_cognito_user_pool.people.id
}
