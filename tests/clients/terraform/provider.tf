# How Terraform talks to Poolhouse: its own endpoint, credentials that mean nothing, and no other service of AWS.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "url" {
  description = "where Poolhouse listens"
  type        = string
}

variable "prefix" {
  description = "what the domains of this run begin with"
  type        = string
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "local"
  secret_key                  = "local"
  skip_credentials_validation = true
  skip_requesting_account_id  = true

  endpoints {
    cognitoidp = var.url
  }
}
