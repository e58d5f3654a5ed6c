def lambda_handler(event, context):
    print("working on", event)
    return {"double": event["n"] * 2}
