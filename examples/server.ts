// A server: POST /predict answers a picture's classes and where its model looked, POST /attention draws the latter.
//   curl --data-binary @cat.jpg http://localhost:8080/predict
import { setTimeout as sleep } from "node:timers/promises";
import fastify from "fastify";
import { attentionRollout, drawAttention, loadModel, readImage, tf, useEngine } from "vitlab";

/** Opens the model once, and listens until SIGTERM or Ctrl-C; what has come in by then is answered. */
export async function main({ name = "vit-cifar10", port = 8080 } = {}) {
  await useEngine();
  const vit = await loadModel(name, { trainedHead: true });
  const processor = vit.imageProcessor!();
  const server = fastify({ bodyLimit: 8e6 });
  // The body is the picture's file: its first bytes tell of which kind, whatever its header says.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_, body, done) => done(null, body));
  const pictureIn = (body: unknown) =>
    readImage(body instanceof Uint8Array ? body : new Uint8Array(), { megapixels: 16 }).catch((error: Error) => {
      throw Object.assign(error, { statusCode: 400 });
    });

  server.post("/predict", async ({ body }) => {
    const images = await processor.tensor(await pictureIn(body));
    try {
      const [probabilities = []] = tf.tidy(() => vit.model.predict(images).arraySync());
      const classes = vit.classNames.map((className, i) => ({ className, probability: probabilities[i] }));
      return { classes, attention: attentionRollout(vit.model, images) };
    } finally {
      images.dispose();
    }
  });
  server.post("/attention", async ({ body }, reply) => {
    const figure = await drawAttention(vit, await pictureIn(body));
    return reply.type("image/png").send(await figure.png());
  });
  server.addHook("onClose", () => vit.model.dispose());
  const patience = () => sleep(5000, undefined, { ref: false }); // with clients that don't come to an end
  const stop = () => Promise.race([server.close(), patience()]).then(() => server.server.closeAllConnections());
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  return server.listen({ port });
}
