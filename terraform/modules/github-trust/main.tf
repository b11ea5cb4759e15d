# Which jobs of GitHub take a role: those of one GitHub environment, on one branch of one repository.

locals {
  owner = var.github.organization
  name  = var.github.repository.name
  # GitHub's numbers; a name that is given up can be taken by another, a number never.
  owner_id = tostring(var.github.repository.ownerId)
  id       = tostring(var.github.repository.id)
}

data "aws_iam_policy_document" "this" {
  statement {
    sid     = "OneRepositoryBranchAndEnvironment"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [var.github.provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${var.github.issuer}:aud"
      values   = ["sts.amazonaws.com"]
    }

    # A job of a GitHub environment has that environment in its subject and no branch. Repositories that were made,
    # renamed or moved after 2026-07-15 have the numbers in it too.
    condition {
      test     = "StringEquals"
      variable = "${var.github.issuer}:sub"
      values = [
        "repo:${local.owner}/${local.name}:environment:${var.environment}",
        "repo:${local.owner}@${local.owner_id}/${local.name}@${local.id}:environment:${var.environment}",
      ]
    }

    # AWS knows these two of github.com's tokens alone. Elsewhere the environment, which takes jobs of the branch alone, and the
    # repository's name have to do: nobody but those who run that GitHub gives the name to another.
    dynamic "condition" {
      for_each = var.github.issuer == "token.actions.githubusercontent.com" ? {
        repository_id = local.id
        ref           = "refs/heads/${var.github.branch}"
      } : {}

      content {
        test     = "StringEquals"
        variable = "${var.github.issuer}:${condition.key}"
        values   = [condition.value]
      }
    }
  }
}
