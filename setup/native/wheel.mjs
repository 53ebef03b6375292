// The C library of TensorFlow has no download of its own any more; every Python wheel carries it, with its C headers.

/** The TensorFlow whose library the native engine runs on. */
export const tensorflowVersion = "2.21.0";

const linuxLibraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
const wheels = {
  "linux-x64": {
    project: "tensorflow-cpu",
    tag: "manylinux_2_27_x86_64",
    bytes: 274_000_871,
    sha256: "dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb",
    libraries: linuxLibraries,
  },
  "linux-arm64": {
    project: "tensorflow",
    tag: "manylinux_2_27_aarch64",
    bytes: 281_946_471,
    sha256: "b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552",
    libraries: linuxLibraries,
  },
  "darwin-arm64": {
    project: "tensorflow",
    tag: "macosx_12_0_arm64",
    bytes: 223_488_205,
    sha256: "56ecd7d47429acbe1df2694d50b75bf9fc3995ac92cb367cd9af6c4780ead712",
    libraries: ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"],
  },
};

/** Folders of the wheel that the binding's compiler reads. */
export const headerFolders = [
  "tensorflow/include/tensorflow/c/",
  "tensorflow/include/tensorflow/core/platform/",
  "tensorflow/include/tsl/platform/",
  "tensorflow/include/xla/tsl/",
];

/** The wheel for a platform, or undefined where TensorFlow publishes none that fits. */
export function wheelFor(platform = process.platform, arch = process.arch) {
  return wheels[`${platform}-${arch}`];
}

/** The arguments of `pip` that fetch exactly this wheel, whatever Python pip itself runs on. */
export function downloadArguments(wheel, folder) {
  return [
    ...["download", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--retries", "2", "--no-input"],
    ...["--python-version", "3.12", "--implementation", "cp", "--abi", "cp312", "--platform", wheel.tag],
    ...["--dest", folder, `${wheel.project}==${tensorflowVersion}`],
  ];
}
