"""What of the environment goes into the page."""

__all__ = [
    "DISTRIBUTIONS",
    "EMPTY_MOTO_SERVICES",
    "LEFT_OUT",
    "MANAGED_POLICIES",
    "MOTO_INFRASTRUCTURE",
    "REGIONS",
    "SERVICES",
]

# Distributions copied from the environment. Those with compiled parts have a pure fallback (PyYAML, MarkupSafe,
# charset-normalizer); ``cryptography`` has none and is replaced by a stand-in.
DISTRIBUTIONS = (
    "boto3",
    "botocore",
    "certifi",
    "charset-normalizer",
    "idna",
    "jinja2",
    "jmespath",
    "jsonpath-ng",
    "markupsafe",
    "moto",
    "py-partiql-parser",
    "python-dateutil",
    "pyyaml",
    "requests",
    "responses",
    "s3transfer",
    "six",
    "urllib3",
    "werkzeug",
    "xmltodict",
)

# AWS services: botocore's name → moto's package. Anything else raises botocore's UnknownServiceError in the page.
SERVICES = {
    "apigateway": "apigateway",
    "apigatewayv2": "apigatewayv2",
    "application-autoscaling": "applicationautoscaling",
    "autoscaling": "autoscaling",
    "cloudformation": "cloudformation",
    "cloudwatch": "cloudwatch",
    "codedeploy": "codedeploy",
    "dynamodb": "dynamodb",
    "dynamodbstreams": "dynamodbstreams",
    "ec2": "ec2",
    "ecr": "ecr",
    "ecs": "ecs",
    "elb": "elb",
    "elbv2": "elbv2",
    "events": "events",
    "firehose": "firehose",
    "iam": "iam",
    "kinesis": "kinesis",
    "kms": "kms",
    "lambda": "awslambda",
    "logs": "logs",
    "organizations": "organizations",
    "pipes": "pipes",
    "resource-groups": "resourcegroups",
    "resourcegroupstaggingapi": "resourcegroupstaggingapi",
    "route53": "route53",
    "s3": "s3",
    "s3control": "s3control",
    "scheduler": "scheduler",
    "secretsmanager": "secretsmanager",
    "sns": "sns",
    "sqs": "sqs",
    "ssm": "ssm",
    "stepfunctions": "stepfunctions",
    "sts": "sts",
    "xray": "xray",
}

# Packages of moto that are not a service of the list above but that services of the list import.
MOTO_INFRASTRUCTURE = (
    "awslambda_simple",
    "core",
    "dynamodb_v20111205",
    "instance_metadata",
    "moto_api",
    "s3bucket_path",
    "utilities",
)

# Imported by name in moto.cloudformation and moto.resourcegroupstaggingapi, used only for resources outside the list.
EMPTY_MOTO_SERVICES = ("batch", "datapipeline", "efs", "emr", "iot", "rds", "redshift", "sagemaker")

REGIONS = ("us-east-1", "eu-west-1")

# Names of the IAM managed policies kept, as regular expressions.
MANAGED_POLICIES = (
    r"Lambda",
    r"^Amazon(DynamoDB|EventBridge|Kinesis|S3|SNS|SQS|SSMReadOnly)",
    r"^AWS(CodeDeploy|StepFunctions|XRay)",
    r"^(AdministratorAccess|CloudWatch.*|PowerUserAccess|SecretsManager.*)$",
)

# Files and folders that nothing in the page reads.
LEFT_OUT = (
    "boto3/examples",
    "botocore/cacert.pem",
    "certifi/cacert.pem",
    "dateutil/zoneinfo/dateutil-zoneinfo.tar.gz",
    "moto/ec2/resources/ecs",
    "moto/moto_api/templates",
    "moto/moto_proxy",
    "moto/moto_server",
    "moto/ssm/resources/ecs",
    "moto/stepfunctions/parser/asl",
    "werkzeug/debug/shared",
)
