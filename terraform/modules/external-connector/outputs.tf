output "profile_arn" {
  value       = aws_rolesanywhere_profile.this.arn
  description = "The profile that its credential helper names."
}
