import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { TEXTS } from '../texts.ts';
import { useModal } from './use-modal.ts';

const CAMERA = TEXTS.camera;

interface CameraDialogProps {
  readonly onPhoto: (photo: File) => void;
  readonly onClose: () => void;
}

/** What a camera sees, until a photo is taken. The camera is let go of with the dialog. */
export function CameraDialog({ onPhoto, onClose }: CameraDialogProps) {
  const id = useId();
  const dialog = useModal();
  const video = useRef<HTMLVideoElement>(null);
  const { stream, problem } = useCamera();
  const [isSeen, setIsSeen] = useState(false);
  useEffect(() => {
    if (video.current !== null) video.current.srcObject = stream ?? null;
  }, [stream]);
  const [isTaking, setIsTaking] = useState(false);
  const [hasFailed, setHasFailed] = useState(false);
  const take = () => {
    setIsTaking(true);
    setHasFailed(false);
    photoOf(video.current!).then(
      (photo) => {
        if (dialog.current?.open !== true) return;
        onPhoto(photo);
        dialog.current.close();
      },
      () => {
        setIsTaking(false);
        setHasFailed(true);
      },
    );
  };
  const wrong = problem ?? (hasFailed ? CAMERA.notTaken : undefined);
  return (
    <dialog ref={dialog} class="camera-dialog" aria-labelledby={id} onClose={onClose}>
      <div class="stack">
        <h2 id={id}>{CAMERA.title}</h2>
        {problem === undefined && (
          <video
            ref={video}
            aria-label={CAMERA.view}
            autoplay
            muted
            playsInline
            onPlaying={() => setIsSeen(true)}
          />
        )}
        {wrong !== undefined && (
          <p class="error-note" role="alert">
            {wrong}
          </p>
        )}
        <p class="quiet" role="status">
          {problem === undefined && !isSeen && CAMERA.waiting}
        </p>
        <div class="row">
          {problem === undefined && (
            <button type="button" class="primary" disabled={!isSeen || isTaking} onClick={take}>
              {CAMERA.take}
            </button>
          )}
          <button type="button" onClick={() => dialog.current?.close()}>
            {CAMERA.close}
          </button>
        </div>
      </div>
    </dialog>
  );
}

interface Camera {
  readonly stream?: MediaStream;
  /** Why there is none, in words. */
  readonly problem?: string;
}

/** A camera, the one that looks away from the user where there are two, for as long as the caller is shown. */
function useCamera(): Camera {
  const [camera, setCamera] = useState<Camera>({});
  useEffect(() => {
    let isOver = false;
    let taken: MediaStream | undefined;
    const release = () => {
      for (const track of taken?.getTracks() ?? []) track.stop();
    };
    navigator.mediaDevices
      .getUserMedia({
        video: { facingMode: { ideal: 'environment' }, width: { ideal: 1920 } },
      })
      .then(
        (stream) => {
          taken = stream;
          if (isOver) return release();
          const [track] = stream.getVideoTracks();
          track?.addEventListener('ended', () => setCamera({ problem: CAMERA.ended }));
          setCamera({ stream });
        },
        ({ name }: DOMException) => setCamera({ problem: CAMERA.problems[name] ?? CAMERA.failed }),
      );
    return () => {
      isOver = true;
      release();
    };
  }, []);
  return camera;
}

async function photoOf(video: HTMLVideoElement): Promise<File> {
  const { videoWidth, videoHeight } = video;
  const canvas = new OffscreenCanvas(videoWidth, videoHeight);
  canvas.getContext('2d')!.drawImage(video, 0, 0);
  const type = 'image/jpeg';
  return new File([await canvas.convertToBlob({ type, quality: 0.92 })], CAMERA.file, { type });
}
