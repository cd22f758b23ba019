"""The rules that look at synthesized templates, ours or those of any other CDK or CloudFormation user."""
