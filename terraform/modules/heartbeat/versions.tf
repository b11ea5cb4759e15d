terraform {
  # 1.11 is the first release in which a lock kept beside the state in S3 is no longer experimental.
  required_version = "~> 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "6.25.0"
    }
  }
}
