output "repository_urls" {
  value       = { for name, repository in aws_ecr_repository.this : name => repository.repository_url }
  description = "Repository to where it is pushed."
}

output "images_role_arn" {
  value       = aws_iam_role.images.arn
  description = "The role of the workflow that builds images."
}
