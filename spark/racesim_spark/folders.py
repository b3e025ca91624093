"""Files in folders of any kind that Spark knows: this machine's, or a cluster's."""

import json


def open_folder(spark, folder):
    """The file system, and the path as it takes it."""
    path = spark._jvm.org.apache.hadoop.fs.Path(folder)
    return path.getFileSystem(spark._jsc.hadoopConfiguration()), path


def is_empty(spark, folder):
    files, path = open_folder(spark, folder)
    return not files.exists(path) or len(files.listStatus(path)) == 0


def read_json(spark, folder, name):
    """None if there is no such file."""
    files, path = open_folder(spark, folder)
    file = spark._jvm.org.apache.hadoop.fs.Path(path, name)
    if not files.exists(file):
        return None
    stream = files.open(file)
    try:
        return json.loads(spark._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8"))
    finally:
        stream.close()


def write_json(spark, folder, name, value):
    """The file is there as a whole, or not at all."""
    files, path = open_folder(spark, folder)
    files.mkdirs(path)
    beside = spark._jvm.org.apache.hadoop.fs.Path(path, f".{name}.new")
    stream = files.create(beside, True)
    stream.write(bytearray(json.dumps(value, indent=1).encode()))
    stream.close()
    file = spark._jvm.org.apache.hadoop.fs.Path(path, name)
    if files.exists(file):
        files.delete(file, False)
    files.rename(beside, file)
