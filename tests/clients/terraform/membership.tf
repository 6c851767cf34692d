# The provider cannot import these two: it never reads a password back, and a membership has no id of its own.

resource "aws_cognito_user" "grace" {
  user_pool_id   = aws_cognito_user_pool.people.id
  username       = "grace@example.com"
  password       = "Correct-Horse-1"
  message_action = "SUPPRESS"
  enabled        = false
  attributes = {
    email = "grace@example.com"
  }
}

resource "aws_cognito_user_in_group" "ada" {
  user_pool_id = aws_cognito_user_pool.people.id
  group_name   = aws_cognito_user_group.members.name
  username     = aws_cognito_user.ada.username
}
