# What Terraform reads without managing it.

data "aws_cognito_user_pools" "full" {
  name = aws_cognito_user_pool.full.name
}

data "aws_cognito_user_pool" "full" {
  user_pool_id = aws_cognito_user_pool.full.id
}

data "aws_cognito_user_pool_clients" "full" {
  user_pool_id = aws_cognito_user_pool.full.id
  depends_on   = [aws_cognito_user_pool_client.full, aws_cognito_user_pool_client.service]
}

data "aws_cognito_user_pool_client" "service" {
  user_pool_id = aws_cognito_user_pool.full.id
  client_id    = aws_cognito_user_pool_client.service.id
}

data "aws_cognito_user_groups" "full" {
  user_pool_id = aws_cognito_user_group.full.user_pool_id
}

output "read" {
  sensitive = true
  value = {
    pools   = data.aws_cognito_user_pools.full.ids
    arn     = data.aws_cognito_user_pool.full.arn
    clients = data.aws_cognito_user_pool_clients.full.client_ids
    secret  = data.aws_cognito_user_pool_client.service.client_secret
    groups  = [for group in data.aws_cognito_user_groups.full.groups : group.group_name]
  }
}
