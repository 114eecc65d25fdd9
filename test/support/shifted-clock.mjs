// Loaded before a program: its wall clock is so many milliseconds ahead of the machine's, or behind it.
const shiftMs = Number(process.env.TEST_CLOCK_SHIFT_MS ?? 0);
const MachineDate = Date;

globalThis.Date = class ShiftedDate extends MachineDate {
  constructor(...words) {
    if (words.length === 0) super(MachineDate.now() + shiftMs);
    else super(...words);
  }

  static now() {
    return MachineDate.now() + shiftMs;
  }
};
