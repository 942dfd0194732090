// What an earlier tab could not send: a page without a grid sends it too, so that nobody has to remember where it was typed.

// user: who is signed in; answers how many edits the register took, how many wait for a decision, and on which addresses these were saved.
async function sendUnsent(user) {
  const addresses = [...new Set(storedAddresses(user))]; // several tabs may have left something for one
  const left = addresses.map((address) => outboxOf(user, address));
  const count = () => left.reduce((sum, { unsaved }) => sum + unsaved, 0);
  const before = count();
  await Promise.all(left.map((outbox) => outbox.pump()));
  const held = left.reduce((sum, outbox) => sum + outbox.allHeld().length, 0);
  const waiting = addresses.filter((_, number) => left[number].allHeld().length);
  return { sent: Math.max(before - count() - held, 0), held, waiting };
}

// The worker that answers when a page is opened without a connection; the diary's script leaves it where this is noted.
async function keepForOffline() {
  if (!navigator.serviceWorker) return; // only over https: a school server on plain http goes without
  storage.write(STORED_WORKER, 1);
  await navigator.serviceWorker.register("/sw.js").catch(() => {});
}

const STORED_WORKER = "entry-offline";

export { sendUnsent };
