# The second scheduler: keeps the newest entry of one environment's log alive where GitHub's schedule does not come. It is
# made with the account, beside the key that it signs with: whoever applies an environment can neither change it nor sign.

locals {
  function     = "${var.name}-heartbeat"
  function_arn = "arn:aws:lambda:${var.region}:${var.account}:function:${local.function}"
}

# A function and no task: it needs no network of ours, which an outage of the network would take away with it.
resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_115:a new account has no concurrency to reserve; two at once contend for one entry, and one of them gets it
  # checkov:skip=CKV_AWS_116:a call that failed is told by the alarm heartbeat-failed, and the next one does all the work anew
  # checkov:skip=CKV_AWS_117:it speaks to Amazon's own interfaces alone, and must work when the network does not
  # checkov:skip=CKV_AWS_272:signing of code is for archives; an image is named by its digest
  # checkov:skip=CKV_AWS_50:one program without calls to others of ours; its log and alarms say what it did

  function_name = local.function
  description   = "Renews the newest entry where nobody else has for more than a quarter of its life"
  role          = var.role_arn
  kms_key_arn   = var.data_key_arn
  package_type  = "Image"
  image_uri     = var.image
  architectures = ["arm64"]
  memory_size   = 512
  timeout       = 300

  environment {
    variables = {
      ZTNA_ENVIRONMENT    = var.environment
      ZTNA_ACCOUNT        = var.account
      ZTNA_REGION         = var.region
      ZTNA_EPOCH          = tostring(var.epoch)
      ZTNA_TRUSTED_KEYS   = var.trusted_keys
      ZTNA_LIFETIME_HOURS = tostring(var.lifetime_hours)
      ZTNA_KEY            = var.signing_key
    }
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this.name
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ztna/${var.environment}/heartbeat"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.data_key_arn
}

resource "aws_scheduler_schedule" "this" {
  # checkov:skip=CKV_AWS_297:the schedule holds no data: an interval and the function's name

  name                = local.function
  description         = "Four looks a day: while the first scheduler comes, nothing is signed"
  schedule_expression = "rate(6 hours)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.this.arn
    role_arn = aws_iam_role.schedule.arn

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 5
    }
  }
}
