/** A safetensors file's header and numbers; SHA-256s apart, which transformers writes none of. */
export function safetensorsParts(file: Buffer) {
  const end = 8 + Number(file.readBigUInt64LE());
  const { __metadata__, ...tensors } = JSON.parse(file.subarray(8, end).toString());
  const { vitlab_sha256: _, ...told } = __metadata__;
  for (const name of Object.keys(told)) if (name.startsWith("vitlab_sha256:")) delete told[name];
  return { header: { __metadata__: told, ...tensors }, numbers: file.subarray(end) };
}
