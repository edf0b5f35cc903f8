/** `1 picture`, `1,200 pictures` */
export const count = (n: number, one: string, many: string): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** 75 → `about 75 seconds left` */
export const timeLeft = (seconds: number): string =>
  seconds < 90
    ? `about ${count(Math.max(1, Math.round(seconds)), 'second', 'seconds')} left`
    : `about ${count(Math.round(seconds / 60), 'minute', 'minutes')} left`;
