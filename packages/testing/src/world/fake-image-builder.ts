import { type ImageBuilder, type ResolvedProject, stackNames } from "@sluice/core";
import type { FakeContext } from "./context.ts";

export function fakeImageBuilder({ act, state }: FakeContext): ImageBuilder {
  const pulled = ({ model }: Pick<ResolvedProject, "model">, name: string) => {
    const { image = "" } = model.services[name] ?? {};
    // One for each name of an image, whichever services name it.
    return `sha256:${image.replace(/[:@].*/, "")}-${state.registry.get(image) ?? image}`;
  };
  return {
    build: (project, tag, { signal, onOutput } = {}) =>
      act(`images.build ${tag}`, signal, () => {
        onOutput?.({ source: "build", stream: "stderr", text: `build of ${tag}` });
        const services = project.services.filter(({ active, role }) => active && role !== "tool");
        const images: Record<string, string> = {};
        const imageTags: Record<string, string> = {};
        for (const { name, builds } of services) {
          images[name] = builds ? `sha256:${name}-${tag}` : pulled(project, name);
          imageTags[name] = `${stackNames.imageRepository(project.stack, name)}:${tag}`;
          state.images.add(images[name]);
          state.tags.set(imageTags[name], images[name]);
        }
        return { images, imageTags };
      }),
    take: (project, tag, taken, { signal } = {}) =>
      act(`images.take ${tag}`, signal, () => {
        const services = project.services.filter(({ active, role }) => active && role !== "tool");
        const images = Object.fromEntries(services.map(({ name }) => [name, taken[name]?.id ?? pulled(project, name)]));
        const imageTags = Object.fromEntries(
          services.map(({ name }) => [name, `${stackNames.imageRepository(project.stack, name)}:${tag}`]),
        );
        for (const [name, id] of Object.entries(images)) {
          state.images.add(id);
          state.tags.set(imageTags[name] ?? "", id);
        }
        return { images, imageTags };
      }),
    pull: (project, services, { signal } = {}) =>
      act(`images.pull ${services.join(" ")}`, signal, () => {
        const images = Object.fromEntries(services.map((name) => [name, pulled(project, name)]));
        for (const id of Object.values(images)) state.images.add(id);
        return images;
      }),
    facts: async ({ services }) => services,
    missing: (images, signal) =>
      act("images.missing", signal, () =>
        Object.entries(images).flatMap(([service, id]) => (state.images.has(id) ? [] : [service])),
      ),
    async nameAgain(images, { signal } = {}) {
      // What a project names never loses its name in this world.
      const own = Object.entries(images).filter(([name]) =>
        name.startsWith(stackNames.imageRepository(state.stack, "")),
      );
      const nameless = own.filter(([name, id]) => !state.tags.has(name) && state.images.has(id));
      for (const [name, id] of nameless) {
        await act(`images.nameAgain ${name}`, signal, () => void state.tags.set(name, id));
      }
    },
    tagged: (_stack, signal) =>
      act("images.tagged", signal, () =>
        [...state.tags].map(([name, id]) => {
          const [repository = "", tag = ""] = name.split(":");
          return { repository, tag, id };
        }),
      ),
    sweep: (_stack, signal) => act("images.sweep", signal, () => undefined),
    removeTags: (tags) => act("images.removeTags", undefined, () => tags.forEach((tag) => state.tags.delete(tag))),
  };
}
