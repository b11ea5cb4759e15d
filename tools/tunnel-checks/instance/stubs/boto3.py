"""Stands in for boto3: Parameter Store is a folder, as the stub of the AWS CLI has it."""
import os


class _Exceptions:
    class ParameterNotFound(Exception):
        pass


class _Ssm:
    exceptions = _Exceptions

    def _path(self, name):
        return os.path.join(os.environ["PARAMETERS"], name.replace("/", "."))

    def get_parameter(self, Name, WithDecryption):
        try:
            with open(self._path(Name)) as file:
                return {"Parameter": {"Value": file.read()}}
        except FileNotFoundError:
            raise self.exceptions.ParameterNotFound() from None

    def put_parameter(self, Name, Value, Type, KeyId, Overwrite):
        with open(self._path(Name) + ".new", "w") as file:
            file.write(Value)
        os.rename(self._path(Name) + ".new", self._path(Name))


def client(service):
    return {"ssm": _Ssm}[service]()
